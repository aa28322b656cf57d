import Embedding
import Foundation
import Inference
import Media
import Weights

/// The vector of a clip and where it comes from.
public struct EmbeddingRecord: Codable, Equatable, Sendable {
  /// `VideoEmbedder.name`.
  public var embedder: String
  public var clip: String
  /// Frames of the source that were looked at, counted from 0.
  public var frames: Range<Int>
  public var values: [Float]
}

/// Embeds clips, or trains the compression of a VideoMAE model's features on them.
public struct EmbedSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Returns: one record a clip: of the window in its middle.
  public func run(_ sources: [ClipSource], with choice: EmbedderChoice) throws -> [EmbeddingRecord] {
    let embedder = try choice.open()
    return try sources.map { source in
      let clip = try source.read(context)
      context.onEvent(.began(.embedding))
      warnIfShort(clip, embedder.frameCount)
      let window = ClipWindow.middle(of: clip.frames.count, length: embedder.frameCount)
      let first = clip.sourceFrames.lowerBound
      return EmbeddingRecord(
        embedder: embedder.name, clip: clip.name, frames: first + window[0]..<first + window[window.count - 1] + 1,
        values: try embedder.embed(window.map { clip.frames[$0] }))
    }
  }

  /// Trains the compression on every eighth window of the clips and writes it.
  /// - Parameter output: the safetensors file to write.
  /// - Returns: the mean absolute error of the way back, over the first and the last hundred steps.
  public func fitCompression(
    _ sources: [ClipSource], with choice: VideoMAEChoice, _ training: CompressionTraining, to output: URL
  ) throws -> (before: Float, after: Float) {
    let model = try choice.open()
    var windows: [Tensor] = []
    for source in sources {
      let clip = try source.read(context)
      warnIfShort(clip, model.frameCount)
      context.onEvent(.began(.embedding))
      let places = ClipWindow.all(of: clip.frames.count, length: model.frameCount, step: 8)
      for (index, place) in places.enumerated() {
        windows.append(try model.features(place.map { clip.frames[$0] }))
        context.onEvent(.advanced(.embedding, done: index + 1, total: places.count))
      }
    }
    var losses: [Float] = []
    let compression = try training.run(windows, embedder: model.modelName) { losses.append($1) }
    try compression.write(to: output)
    context.onEvent(.wrote(output))
    func mean(_ part: ArraySlice<Float>) -> Float { part.reduce(0, +) / Float(max(part.count, 1)) }
    return (mean(losses.prefix(100)), mean(losses.suffix(100)))
  }

  private func warnIfShort(_ clip: Clip, _ needed: Int) {
    guard clip.frames.count < needed else { return }
    context.onEvent(
      .warning("\(clip.name) has \(clip.frames.count) frames, the embedder looks at \(needed): some are taken twice"))
  }
}

/// Embeddings as files: JSON with everything, `.npy` (clips x values), or `.safetensors`.
public enum EmbeddingFile {
  /// The extensions that `write` knows.
  public static let extensions = ["json", "npy", "safetensors"]

  /// - Precondition: the file has one of `extensions`.
  /// - Throws: `SessionError`, `MediaError` or `WeightsError` where it cannot be written.
  public static func write(_ records: [EmbeddingRecord], to url: URL) throws {
    let (values, shape) = (records.flatMap(\.values), [records.count, records.first?.values.count ?? 0])
    switch url.pathExtension {
    case "npy": try AtomicFile.write(NumPyArray.file(values, shape: shape), to: url)
    case "safetensors":
      let metadata = [
        "embedder": records.first?.embedder ?? "", "clips": records.map(\.clip).joined(separator: "\n"),
      ]
      try SafetensorsWriter.write(tensors: [("embedding", shape, values)], metadata: metadata, to: url)
    default: try FileAccess.write(Data(json(records).utf8), to: url)
    }
  }

  /// One object for one clip, an array for several.
  public static func json(_ records: [EmbeddingRecord]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try records.count == 1 ? encoder.encode(records[0]) : encoder.encode(records)
    return String(decoding: data, as: UTF8.self)
  }
}

import Foundation
import Weights

/// Which embedder, as a value that is command line, configuration and record at once.
public enum EmbedderChoice: Codable, Equatable, Sendable {
  /// The fixed description that needs no model.
  case descriptor
  case videoMAE(VideoMAEChoice)

  /// The same with paths that do not depend on the current folder: for files.
  public var absolute: EmbedderChoice {
    guard case .videoMAE(var choice) = self else { return self }
    choice.path = choice.path.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    choice.compression = choice.compression.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
    return .videoMAE(choice)
  }

  /// Opens the embedder.
  /// - Parameter store: where a model is looked for that is named by no path.
  /// - Throws: `EmbeddingError`, `WeightsError`, `InferenceError`.
  public func open(store: ModelStore = ModelStore()) throws -> any VideoEmbedder {
    switch self {
    case .descriptor: ClipDescriptor()
    case .videoMAE(let choice): try choice.open(store: store)
    }
  }
}

/// Which VideoMAE model, and how it is used.
public struct VideoMAEChoice: Codable, Equatable, Sendable {
  /// A folder or a file of weights; nil takes VideoMAE-base from the model folder or Hugging Face's cache.
  public var path: String?
  public var framing = VideoMAEPreprocessing.Framing.stretch
  /// A trained compression.
  public var compression: String?
  /// Whether the model's linear head makes the vector.
  public var usesHead = false

  public init() {}

  /// - Throws: `EmbeddingError.modelAbsent` where no path is given and no model is here; what opening it throws.
  public func open(store: ModelStore = ModelStore()) throws -> VideoMAEEmbedder {
    try VideoMAEEmbedder(
      place(store), framing: framing, compression: compression.map { URL(fileURLWithPath: $0) }, useHead: usesHead)
  }

  private func place(_ store: ModelStore) throws -> URL {
    if let path { return URL(fileURLWithPath: path) }
    guard let entry = ModelEntry.all.first(where: { $0.name == "videomae-base" }) else {
      throw EmbeddingError.modelAbsent(path: store.folder.path)
    }
    guard let place = store.find(entry) else {
      throw EmbeddingError.modelAbsent(path: store.destination(of: entry).path)
    }
    return place
  }
}

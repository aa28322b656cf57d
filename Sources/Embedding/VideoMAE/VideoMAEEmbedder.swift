import Foundation
import Inference
import Media
import NeuralField
import Weights

/// Embeds with a VideoMAE encoder: features of a window, pooled to one vector.
///
/// Pooling is, in this order: a trained compression (`TokenCompression`, as in the HyperNVD paper) where one is given;
/// the model's own linear head of `useHead`; else the mean over the tokens.
public struct VideoMAEEmbedder: VideoEmbedder {
  public let name: String
  /// The name of the model and its input alone, without the pooling: what a compression is trained for.
  public let modelName: String
  public let dimension: Int
  public let preprocessing: VideoMAEPreprocessing
  public let encoder: VideoMAEEncoder
  private let pooling: Pooling

  public var frameCount: Int { encoder.configuration.frameCount }

  private enum Pooling: Sendable {
    case compression(TokenCompression)
    case head(VideoMAEHead)
    case mean
  }

  /// Opens a model.
  /// - Parameters:
  ///   - path: a folder as `transformers` has it (`config.json`, `model.safetensors` or `pytorch_model.bin`,
  ///     `preprocessor_config.json`), or a file of weights, beside which these are looked for.
  ///   - framing: how frames become square.
  ///   - compression: a file that `TokenCompression.write` wrote for this model.
  ///   - useHead: whether to apply the model's linear head (HyperNVD's public code embeds so).
  ///   - lanes: threads.
  /// - Throws: `EmbeddingError`, `WeightsError`, `InferenceError`.
  public init(
    _ path: URL, framing: VideoMAEPreprocessing.Framing = .stretch, compression: URL? = nil, useHead: Bool = false,
    lanes: Int = ProcessInfo.processInfo.activeProcessorCount
  ) throws {
    let files = try VideoMAEFiles(path)
    let weights = try VideoMAEWeights(TensorFile(contentsOf: files.weights), path: files.weights.path)
    let configuration = try files.configuration() ?? weights.configuration()
    try configuration.validate(path: files.configurationPath)
    var preprocessing = try files.preprocessing()
    preprocessing.framing = framing
    self.preprocessing = preprocessing
    encoder = try VideoMAEEncoder(weights, configuration, runner: LaneRunner(lanes: lanes))
    modelName = "videomae-\(configuration.hiddenSize)-\(try weights.fingerprint())-\(framing.rawValue)"
    if let compression {
      let compression = try TokenCompression(contentsOf: compression, embedder: modelName)
      pooling = .compression(compression)
      (name, dimension) = ("\(modelName)-compressed-\(compression.fingerprint)", configuration.hiddenSize)
    } else if useHead {
      let head = try VideoMAEHead(weights, configuration, path: files.weights.path)
      pooling = .head(head)
      (name, dimension) = ("\(modelName)-head", head.outputs)
    } else {
      pooling = .mean
      (name, dimension) = ("\(modelName)-mean", configuration.hiddenSize)
    }
  }

  /// The tokens of a window behind the last layer, before the last norm: `tokens x width`.
  public func features(_ frames: [Frame]) throws -> Tensor {
    try check(frames)
    return try encode(frames).hidden
  }

  public func embed(_ frames: [Frame]) throws -> [Float] {
    try check(frames)
    let features = try encode(frames)
    let vector =
      switch pooling {
      case .compression(let compression): try compression.compress(features.hidden)
      case .head(let head): try head.apply(features)
      case .mean: Self.mean(features.normed)
      }
    guard vector.allSatisfy(\.isFinite) else { throw EmbeddingError.notFinite("the features of \(name)") }
    return vector
  }

  private func encode(_ frames: [Frame]) throws -> VideoMAEEncoder.Features {
    try encoder.encode(preprocessing.pixels(frames, side: encoder.configuration.imageSize))
  }

  /// The mean over the tokens.
  static func mean(_ features: Tensor) -> [Float] {
    let (rows, columns) = (features.shape[0], features.shape[1])
    var sums = [Double](repeating: 0, count: columns)
    for row in 0..<rows {
      for column in 0..<columns { sums[column] += Double(features.pointer[row * columns + column]) }
    }
    return sums.map { Float($0 / Double(rows)) }
  }
}

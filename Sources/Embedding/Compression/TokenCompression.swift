import Foundation
import Inference
import Weights

/// The paper's way from features to one vector: a linear autoencoder over the tokens, the same for every channel.
///
/// `z[c] = Σ_t a[t] x[t, c] + a0` and back `x'[t, c] = b[t] z[c] + b0[t]`; trained with the mean of `|x' - x|`
/// (`CompressionTraining`), frozen while anything else is trained.
public struct TokenCompression: Sendable, Equatable {
  /// One weight a token, and the offset of the vector.
  public internal(set) var encoder: [Float]
  public internal(set) var encoderBias: Float
  /// One weight and one offset a token.
  public internal(set) var decoder: [Float]
  public internal(set) var decoderBias: [Float]
  /// `VideoMAEEmbedder.modelName` of the model whose features it compresses.
  public let embedder: String

  /// The start of a training: the mean over the tokens, and back the same for all.
  public init(tokens: Int, embedder: String) {
    encoder = [Float](repeating: 1 / Float(max(tokens, 1)), count: tokens)
    encoderBias = 0
    decoder = [Float](repeating: 1, count: tokens)
    decoderBias = [Float](repeating: 0, count: tokens)
    self.embedder = embedder
  }

  public var tokenCount: Int { encoder.count }

  /// The vector of some features, one value a channel.
  /// - Parameter features: `tokens x channels`.
  /// - Throws: `EmbeddingError.featureShape`.
  public func compress(_ features: Tensor) throws -> [Float] {
    guard features.shape.count == 2, features.shape[0] == tokenCount else {
      throw EmbeddingError.featureShape(found: features.shape, expected: [tokenCount])
    }
    let channels = features.shape[1]
    var vector = [Float](repeating: encoderBias, count: channels)
    for token in 0..<tokenCount {
      let (row, weight) = (features.pointer + token * channels, encoder[token])
      for channel in 0..<channels { vector[channel] += weight * row[channel] }
    }
    return vector
  }

  // MARK: - Files

  private static let metadataKey = "hypernvd_compression_of"

  /// - Parameter embedder: the model in use, which must be the one it was trained for.
  /// - Throws: `WeightsError`, `EmbeddingError.otherEmbedder`.
  public init(contentsOf url: URL, embedder: String) throws {
    let file = try TensorFile(contentsOf: url)
    let found = file.metadata[Self.metadataKey] ?? "an unknown embedder"
    guard found == embedder else {
      throw EmbeddingError.otherEmbedder(path: url.path, found: found, expected: embedder)
    }
    let tokens = try file.info("encoder.weight").count
    encoder = try file.floats("encoder.weight", shape: [1, tokens])
    encoderBias = try file.floats("encoder.bias", shape: [1])[0]
    decoder = try file.floats("decoder.weight", shape: [tokens, 1])
    decoderBias = try file.floats("decoder.bias", shape: [tokens])
    self.embedder = embedder
    guard (encoder + decoder + decoderBias + [encoderBias]).allSatisfy(\.isFinite) else {
      throw EmbeddingError.notFinite("the weights in \(url.path)")
    }
  }

  /// Writes a safetensors file.
  /// - Throws: `WeightsError`.
  public func write(to url: URL) throws {
    try SafetensorsWriter.write(
      tensors: [
        ("encoder.weight", [1, tokenCount], encoder), ("encoder.bias", [1], [encoderBias]),
        ("decoder.weight", [tokenCount, 1], decoder), ("decoder.bias", [tokenCount], decoderBias),
      ], metadata: [Self.metadataKey: embedder], to: url)
  }

  /// Tells trained compressions apart.
  var fingerprint: String {
    let bits = (encoder + [encoderBias]).map(\.bitPattern.littleEndian)
    return String(SHA256.hex(of: bits.withUnsafeBytes { Data($0) }).prefix(12))
  }
}

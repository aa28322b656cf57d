import Inference
import Weights

/// The linear head of a VideoMAE model: on the first token, or on the normed mean where the model pools by the mean.
struct VideoMAEHead: Sendable {
  let outputs: Int
  private let weights: [Float]
  private let bias: [Float]
  private let meanNorm: LayerNorm?

  /// - Throws: `EmbeddingError.notAModel` where the model has no head.
  init(_ weights: VideoMAEWeights, _ c: VideoMAEConfiguration, path: String) throws {
    guard let (outputs, affine) = try weights.head(c) else {
      throw EmbeddingError.notAModel(path: path, reason: "it has no linear head ('classifier' or 'head')")
    }
    self.outputs = outputs
    (self.weights, bias) = (affine.weights, affine.bias ?? [])
    meanNorm = try weights.poolingNorm(c).map {
      LayerNorm(scale: $0.scale, shift: $0.shift, epsilon: c.normEpsilon)
    }
  }

  func apply(_ features: VideoMAEEncoder.Features) throws -> [Float] {
    let width = features.normed.shape[1]
    var pooled = features.normed.rows(0..<1)
    if let meanNorm {
      pooled = Tensor([1, width], VideoMAEEmbedder.mean(features.normed))
      meanNorm.run(pooled, into: pooled)
    }
    return (0..<outputs).map { output in
      (0..<width).reduce(bias[output]) { $0 + weights[output * width + $1] * pooled.pointer[$1] }
    }
  }
}

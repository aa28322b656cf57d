import COneDNN

/// `(x - mean) / sqrt(variance + epsilon)` with mean and variance of each channel over the picture
/// `[height, width, channels]`; nothing is learned.
public struct InstanceNorm: Sendable {
  private let layer: Layer

  /// - Parameter relu: whether `max(0, .)` follows.
  /// - Throws: `InferenceError` where oneDNN has no memory.
  public init(
    height: Int, width: Int, channels: Int, epsilon: Float = 1e-5, relu: Bool = false
  ) throws(InferenceError) {
    let shape = [height, width, channels]
    layer = try Layer("normalise \(channels) channels of \(width)x\(height)", from: shape, to: shape) {
      conednn_make_instance_norm(
        Int32(height), Int32(width), Int32(channels), epsilon, relu ? CONEDNN_RELU : CONEDNN_IDENTITY, $0)
    }
  }

  /// Normalises a picture where it lies.
  public func normalise(_ picture: Tensor) throws(InferenceError) { try layer.run(picture, into: picture) }
}

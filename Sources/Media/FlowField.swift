/// Dense optical flow from one frame to another: `vectors[2 * (y * width + x)]` is the displacement in x, the next
/// value that in y, both in pixels of this field's size (x to the right, y down).
public struct FlowField: Equatable, Sendable {
  public let size: PixelSize
  public var vectors: [Float]

  /// - Precondition: `vectors.count == size.pixelCount * 2`.
  public init(size: PixelSize, vectors: [Float]) {
    precondition(vectors.count == size.pixelCount * 2, "\(vectors.count) values for a \(size) flow field")
    self.size = size
    self.vectors = vectors
  }
}

/// The flow between two neighbouring frames in both directions, and where each direction can be trusted.
public struct FlowPair: Equatable, Sendable {
  /// From frame t to t + 1.
  public var forward: FlowField
  /// From frame t + 1 to t.
  public var backward: FlowField
  /// 1 where the forward-backward error at a pixel of frame t is below a pixel, else 0.
  public var forwardValid: [UInt8]
  /// 1 where the backward-forward error at a pixel of frame t + 1 is below a pixel, else 0.
  public var backwardValid: [UInt8]

  public init(forward: FlowField, backward: FlowField, forwardValid: [UInt8], backwardValid: [UInt8]) {
    self.forward = forward
    self.backward = backward
    self.forwardValid = forwardValid
    self.backwardValid = backwardValid
  }
}

import NeuralField

/// Floats with a shape, row-major (the last axis is contiguous), on a 64-byte boundary. A reference type: copies share
/// memory.
///
/// A picture is `[height, width, channels]`, a sequence of vectors `[rows, columns]`.
///
/// `@unchecked Sendable`: who writes where is decided by the caller.
public final class Tensor: @unchecked Sendable {
  public let shape: [Int]
  private let buffer: AlignedBuffer

  /// A tensor of zeros.
  /// - Precondition: no negative length.
  public init(_ shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "a tensor of shape \(shape)")
    self.shape = shape
    buffer = AlignedBuffer(count: shape.reduce(1, *))
  }

  /// A tensor of the given values.
  /// - Precondition: as many values as the shape says.
  public convenience init(_ shape: [Int], _ values: [Float]) {
    self.init(shape)
    values.withUnsafeBufferPointer { buffer.copy(from: $0) }
  }

  /// The number of values.
  public var count: Int { buffer.count }
  /// The first value.
  public var pointer: UnsafeMutablePointer<Float> { buffer.pointer }
  /// The values as an array.
  public var values: [Float] { buffer.values }
}

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
  /// Where the first value lies in the buffer; not 0 in a part of another tensor.
  private let offset: Int

  /// A tensor of zeros.
  /// - Precondition: no negative length.
  public init(_ shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "a tensor of shape \(shape)")
    self.shape = shape
    buffer = AlignedBuffer(count: shape.reduce(1, *))
    offset = 0
  }

  private init(_ shape: [Int], _ buffer: AlignedBuffer, _ offset: Int) {
    (self.shape, self.buffer, self.offset) = (shape, buffer, offset)
  }

  /// A tensor of the given values.
  /// - Precondition: as many values as the shape says.
  public convenience init(_ shape: [Int], _ values: [Float]) {
    self.init(shape)
    values.withUnsafeBufferPointer { buffer.copy(from: $0) }
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }
  /// The first value. Valid as long as the tensor is there: take it of a variable or a parameter, never of what a call
  /// has just returned.
  public var pointer: UnsafeMutablePointer<Float> { buffer.pointer + offset }
  /// The values as an array.
  public var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

  /// Some of the entries along the first axis, in the same memory.
  /// - Precondition: there are such entries.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[0], "rows \(range) of a tensor of shape \(shape)")
    let stride = shape.dropFirst().reduce(1, *)
    return Tensor([range.count] + shape.dropFirst(), buffer, offset + range.lowerBound * stride)
  }
}

/// What the header of a file says about one tensor, checked.
public struct TensorInfo: Equatable, Sendable {
  /// The most axes that a tensor may have: PyTorch's own limit.
  static let maximumRank = 64

  /// Extents, slowest first; empty for a single number.
  public let shape: [Int]
  public let type: TensorType
  /// How many values the tensor has: the product of its shape.
  public let count: Int
  /// The bytes of the file from the first to behind the last value.
  let byteRange: Range<Int>
  /// How many values lie from one to its neighbour along each axis; nil where they lie row by row without gaps.
  let strides: [Int]?

  /// - Parameters:
  ///   - byteRange: within the file.
  ///   - strides: in values.
  /// - Precondition: the caller has checked that the product of the shape does not overflow, and the range.
  init(shape: [Int], type: TensorType, byteRange: Range<Int>, strides: [Int]? = nil) {
    self.shape = shape
    self.type = type
    self.byteRange = byteRange
    count = shape.reduce(1, *)
    self.strides = strides.flatMap { Self.isRowMajor(shape, $0) ? nil : $0 }
  }

  /// The product of a shape, or nil where an extent is negative, the product overflows, or there are too many axes.
  static func count(of shape: [Int]) -> Int? {
    guard shape.count <= maximumRank, shape.allSatisfy({ $0 >= 0 }) else { return nil }
    // Zeros first, so that [0, huge, huge] is the nothing that it is.
    guard !shape.contains(0) else { return 0 }
    return shape.reduce(1) { product, extent -> Int? in
      guard let product else { return nil }
      let (value, overflow) = product.multipliedReportingOverflow(by: extent)
      return overflow ? nil : value
    }
  }

  /// How many values lie from a tensor's first to behind its last one, or nil where the strides are not possible.
  static func reach(shape: [Int], strides: [Int]) -> Int? {
    guard shape.count == strides.count, strides.allSatisfy({ $0 >= 0 }) else { return nil }
    guard !shape.contains(0) else { return 0 }
    var reach = 1
    for (extent, stride) in zip(shape, strides) {
      let (step, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, overflow) = reach.addingReportingOverflow(step)
      guard !tooFar, !overflow else { return nil }
      reach = sum
    }
    return reach
  }

  private static func isRowMajor(_ shape: [Int], _ strides: [Int]) -> Bool {
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() {
      if extent > 1 && stride != expected { return false }
      expected *= max(extent, 1)
    }
    return true
  }
}

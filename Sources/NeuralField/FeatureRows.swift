/// A feature-major batch: feature `k` of point `m` is `pointer[k * stride + m]`.
///
/// Rows start on 64-byte boundaries. The stride is an odd multiple of 64 bytes, so that the rows of one column of points
/// spread over all sets of the first-level cache instead of falling on each other.
public struct FeatureRows: @unchecked Sendable {
  public let pointer: UnsafeMutablePointer<Float>
  public let stride: Int
  /// Keeps the memory alive.
  private let storage: AlignedBuffer

  /// - Parameters:
  ///   - features: number of rows.
  ///   - capacity: points that a row can hold.
  public init(features: Int, capacity: Int) {
    let lines = (max(1, capacity) + 15) / 16
    stride = (lines | 1) * 16
    storage = AlignedBuffer(count: features * stride)
    pointer = storage.pointer
  }

  /// Row `feature`.
  @inlinable public subscript(feature: Int) -> UnsafeMutablePointer<Float> { pointer + feature * stride }

  /// Sets the first `count` points of the rows to zero.
  public func zero(rows: Range<Int>, count: Int) {
    for row in rows { self[row].update(repeating: 0, count: count) }
  }
}

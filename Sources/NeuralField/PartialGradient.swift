/// Memory for the gradient of a part of the parameters, at the places that the layout gives them.
public struct PartialGradient: Sendable {
  public let range: Range<Int>
  private let storage: AlignedBuffer

  public init(range: Range<Int>) {
    self.range = range
    storage = AlignedBuffer(count: range.count)
  }

  /// The gradient of the first parameter of `range`.
  public var start: UnsafeMutablePointer<Float> { storage.pointer }

  /// A pointer p with the gradient of parameter i at p[i], for i in `range` only.
  public var base: UnsafeMutablePointer<Float> { storage.pointer - range.lowerBound }
}

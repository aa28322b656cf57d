/// Where an object is in one frame: 0 outside, 255 inside, one byte a pixel, row by row from the top left.
public struct Mask: Equatable, Sendable {
  public let size: PixelSize
  public var values: [UInt8]

  /// - Precondition: `values.count == size.pixelCount`.
  public init(size: PixelSize, values: [UInt8]) {
    precondition(values.count == size.pixelCount, "\(values.count) values for a \(size) mask")
    self.size = size
    self.values = values
  }

  /// A pixel belongs to the object where its value is above this.
  public static let threshold: UInt8 = 127

  /// The share of the frame that the object covers, in [0, 1].
  public var coverage: Double {
    Double(values.lazy.filter { $0 > Mask.threshold }.count) / Double(max(1, values.count))
  }
}

/// One picture of a clip: interleaved R, G, B, 16 bits a channel, full range, row by row from the top left.
///
/// 8-bit sources are stored as `value * 257` (so that `value / 257` gives the source back exactly), 10-bit sources
/// keep their precision. Shape: `height * width * 3`.
public struct Frame: Equatable, Sendable {
  public let size: PixelSize
  public var pixels: [UInt16]

  /// - Precondition: `pixels.count == size.pixelCount * 3`.
  public init(size: PixelSize, pixels: [UInt16]) {
    precondition(pixels.count == size.pixelCount * 3, "\(pixels.count) values for \(size) RGB pixels")
    self.size = size
    self.pixels = pixels
  }

  /// A black frame.
  public init(size: PixelSize) {
    self.init(size: size, pixels: [UInt16](repeating: 0, count: size.pixelCount * 3))
  }

  /// The factor from a stored value to [0, 1].
  public static let unit: Float = 1 / 65535
}

/// A picture with opacity: interleaved R, G, B, A, 8 bits a channel, straight (not premultiplied) alpha, row by row
/// from the top left. Shape: `height * width * 4`. Textures and what is painted on them.
public struct RGBAImage: Equatable, Sendable {
  public let size: PixelSize
  public var pixels: [UInt8]

  /// - Precondition: `pixels.count == size.pixelCount * 4`.
  public init(size: PixelSize, pixels: [UInt8]) {
    precondition(pixels.count == size.pixelCount * 4, "\(pixels.count) values for \(size) RGBA pixels")
    self.size = size
    self.pixels = pixels
  }

  /// A wholly transparent image.
  public init(size: PixelSize) {
    self.init(size: size, pixels: [UInt8](repeating: 0, count: size.pixelCount * 4))
  }
}

/// A picture with opacity and 16 bits a channel: interleaved R, G, B, A, straight (not premultiplied) alpha, row by row
/// from the top left. Shape: `height * width * 4`. Textures for colour work, layers as video.
public struct DeepImage: Equatable, Sendable {
  public let size: PixelSize
  public var pixels: [UInt16]

  /// - Precondition: `pixels.count == size.pixelCount * 4`.
  public init(size: PixelSize, pixels: [UInt16]) {
    precondition(pixels.count == size.pixelCount * 4, "\(pixels.count) values for \(size) RGBA pixels")
    self.size = size
    self.pixels = pixels
  }

  /// A wholly transparent image.
  public init(size: PixelSize) {
    self.init(size: size, pixels: [UInt16](repeating: 0, count: size.pixelCount * 4))
  }

  /// The same picture with 8 bits a channel, each value rounded to the nearest.
  public var eightBits: RGBAImage { RGBAImage(size: size, pixels: pixels.map(\.eightBits)) }

  /// The values as bytes, in the order that `arranged` gives them in memory.
  func bytes(_ arranged: (UInt16) -> UInt16) -> [UInt8] {
    pixels.map(arranged).withUnsafeBytes { Array($0) }
  }
}

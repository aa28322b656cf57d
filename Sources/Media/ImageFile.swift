import Foundation

/// Single images: reads what FFmpeg reads, writes 8-bit PNG.
public enum ImageFile {
  /// An image with its opacity (opaque where it has none), 8 bits a channel, orientation of photographs applied.
  /// - Throws: `MediaError` where the file is absent, damaged, or no image.
  public static func readRGBA(_ url: URL) throws -> RGBAImage {
    try StillImage.decode(url) { picture, converter in try converter.rgba(of: picture) }
  }

  /// An image as a frame at its own size: up to 16 bits a channel; opacity is dropped, colours stay as they are.
  /// - Throws: `MediaError` where the file is absent, damaged, or no image.
  public static func readFrame(_ url: URL) throws -> Frame {
    try StillImage.decode(url) { picture, converter in try converter.frame(of: picture) }
  }

  /// Writes an RGBA PNG.
  /// - Throws: `MediaError.cannotWrite`; a file that was there stays as it was.
  public static func write(_ image: RGBAImage, to url: URL) throws {
    try write(image.pixels, size: image.size, format: .rgba8, to: url)
  }

  /// Writes an RGB PNG of 8 bits a channel, rounded to the nearest.
  /// - Throws: `MediaError.cannotWrite`; a file that was there stays as it was.
  public static func write(_ frame: Frame, to url: URL) throws {
    try write(frame.pixels.map(\.eightBits), size: frame.size, format: .rgb8, to: url)
  }

  /// Writes a grey PNG.
  /// - Throws: `MediaError.cannotWrite`; a file that was there stays as it was.
  public static func write(_ mask: Mask, to url: URL) throws {
    try write(mask.values, size: mask.size, format: .grey8, to: url)
  }

  static func write(_ bytes: [UInt8], size: PixelSize, format: PNGEncoder.Format, to url: URL) throws {
    let data: Data
    do {
      data = try PNGEncoder(size: size, format: format).encode(bytes)
    } catch let error as EncodingFailed {
      throw MediaError.cannotWrite(path: url.path, detail: error.detail)
    }
    try AtomicFile.write(data, to: url)
  }
}

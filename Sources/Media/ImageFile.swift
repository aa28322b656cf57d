import Foundation

/// Single images: reads what FFmpeg reads, writes PNG.
public enum ImageFile {
  /// An image with its opacity (opaque where it has none), 8 bits a channel, orientation of photographs applied.
  /// - Throws: `MediaError` where the file is absent, damaged, or no image.
  public static func readRGBA(_ url: URL) throws -> RGBAImage {
    try StillImage.decode(url) { picture, converter in try converter.rgba(of: picture) }
  }

  /// An image with its opacity, up to 16 bits a channel, orientation of photographs applied.
  /// - Throws: `MediaError` where the file is absent, damaged, or no image.
  public static func readDeep(_ url: URL) throws -> DeepImage {
    try StillImage.decode(url) { picture, converter in try converter.deepRGBA(of: picture) }
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

  /// Writes an RGBA PNG of 16 bits a channel.
  /// - Throws: `MediaError.cannotWrite`; a file that was there stays as it was.
  public static func write(_ image: DeepImage, to url: URL) throws {
    try write(image.bytes { $0.bigEndian }, size: image.size, format: .rgba16BigEndian, to: url)
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
    try AtomicFile.write(png(bytes, size: size, format: format, name: url.path), to: url)
  }

  private static func png(_ bytes: [UInt8], size: PixelSize, format: PNGEncoder.Format, name: String) throws -> Data {
    do {
      return try PNGEncoder(size: size, format: format).encode(bytes)
    } catch let error as EncodingFailed {
      throw MediaError.cannotWrite(path: name, detail: error.detail)
    }
  }

  // MARK: - PNG in memory, as archives hold it

  /// A picture as a whole PNG file.
  /// - Throws: `MediaError.badSize`, `MediaError.cannotWrite`.
  public static func png(_ image: RGBAImage) throws -> Data {
    try png(image.pixels, size: image.size, format: .rgba8, name: "a PNG picture")
  }

  /// The size that a PNG file announces, or nil where the data do not begin like one.
  public static func sizeOfPNG(_ data: Data) -> PixelSize? {
    let start: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]
    guard data.count >= 24, data.prefix(16).elementsEqual(start) else { return nil }
    func number(_ offset: Int) -> Int { data.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | Int($1) } }
    return PixelSize(width: number(16), height: number(20))
  }

  /// A picture out of a PNG file in memory.
  /// - Parameter name: for messages.
  /// - Throws: `MediaError.unreadable` where it is no PNG, or damaged.
  public static func readRGBA(png data: Data, name: String) throws -> RGBAImage {
    guard sizeOfPNG(data) != nil else { throw MediaError.unreadable(path: name, detail: "it is no PNG picture") }
    // FFmpeg's demuxer wants a file.
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("hypernvd-\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    try AtomicFile.write(data, to: file)
    do {
      return try readRGBA(file)
    } catch MediaError.unreadable(_, let detail), MediaError.noFrames(_, let detail) {
      throw MediaError.unreadable(path: name, detail: detail)
    }
  }
}

import Foundation

/// How a video is written.
public enum VideoEncoding: String, Codable, CaseIterable, Sendable {
  /// H.264, visually lossless (constant rate factor 14), 4:2:0, BT.709: plays everywhere. Frames of odd width or
  /// height, which 4:2:0 cannot hold, are coded as 4:4:4, which not every player shows.
  case h264
  /// H.264 without loss, in RGB: decoding gives the 8-bit values back exactly. For FFmpeg-based players and editors.
  case h264Lossless
  /// A folder of 8-bit PNG files `00000.png`, `00001.png`, ...
  case pngSequence
}

/// Writes a video frame by frame. Nothing appears at the destination before `finish()`.
public final class VideoWriter {
  private let size: PixelSize
  private var sink: (any FrameSink)?

  /// - Parameters:
  ///   - url: a file ending in .mp4, .m4v, .mov or .mkv; a folder for PNG files. A path that ends in "/" is a folder
  ///     whatever the encoding. The folder above must exist. A file is replaced; a folder only where it holds nothing
  ///     but such numbered PNG files.
  ///   - size: of every frame.
  ///   - frameRate: positive numerator and denominator.
  /// - Throws: `MediaError`.
  public init(url: URL, size: PixelSize, frameRate: FrameRate, encoding: VideoEncoding) throws {
    guard Limits.accepts(size) else { throw MediaError.badSize(size) }
    self.size = size
    sink =
      encoding == .pngSequence || url.hasDirectoryPath
      ? try PNGSequenceSink(url, size: size, format: .rgb8)
      : try EncodedVideoSink(
        url, size: size, frameRate: frameRate, coding: encoding == .h264Lossless ? .h264Lossless : .h264(size))
  }

  /// Adds a frame, rounded to 8 bits a channel.
  /// - Throws: `MediaError.wrongFrameSize`, `MediaError.cannotWrite`. After an error only `cancel()` makes sense.
  public func append(_ frame: Frame) throws {
    guard frame.size == size else { throw MediaError.wrongFrameSize(size: frame.size, expected: size) }
    try sink?.append(frame.pixels.map(\.eightBits))
  }

  /// Completes the video and puts it in its place; the writer is used up.
  /// - Throws: `MediaError.cannotWrite`, also where no frame was appended; nothing is left behind.
  public func finish() throws {
    defer { cancel() }
    try sink?.finish()
  }

  /// Drops what was written; the destination stays as it was. Does nothing after `finish()`.
  public func cancel() {
    sink?.cancel()
    sink = nil
  }
}

/// Where a writer's frames go: the bytes of the sink's own format, row by row. A sink that is dropped cancels itself.
protocol FrameSink: AnyObject {
  func append(_ pixels: [UInt8]) throws
  func finish() throws
  /// Removes the temporary files; safe to call at any time, after `finish()` without effect.
  func cancel()
}

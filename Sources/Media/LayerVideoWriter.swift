import Foundation

/// How a layer with its opacity is written as video. Alpha is straight in all of them.
public enum LayerVideoEncoding: String, Codable, CaseIterable, Sendable {
  /// ProRes 4444 in .mov: 10 bits, BT.709, visually lossless. For editors.
  case proRes4444
  /// FFV1 in .mkv: 8 bits, exact.
  case ffv1
  /// FFV1 in .mkv: 16 bits, exact.
  case ffv1Deep
  /// VP9 in .webm: 8 bits, 4:2:0, BT.709. For the web.
  case vp9
  /// A folder of PNG files `00000.png`, ... (or counted from another number): 8 bits, exact.
  case pngSequence
  /// The same with 16 bits.
  case pngSequenceDeep

  /// What a file's name ends in; empty for folders.
  public var fileExtension: String {
    switch self {
    case .proRes4444: "mov"
    case .ffv1, .ffv1Deep: "mkv"
    case .vp9: "webm"
    case .pngSequence, .pngSequenceDeep: ""
    }
  }

  /// Whether decoding gives other values than were written.
  public var isLossy: Bool { self == .proRes4444 || self == .vp9 }
}

/// Writes pictures with opacity as video, frame by frame. Nothing appears at the destination before `finish()`.
public final class LayerVideoWriter {
  private let size: PixelSize
  private let bytes: (DeepImage) -> [UInt8]
  private var sink: (any FrameSink)?

  /// - Parameters:
  ///   - url: a file with the encoding's ending, or a folder for PNG files; as in `VideoWriter`.
  ///   - frameRate: positive numerator and denominator.
  ///   - firstNumber: of the first PNG file.
  /// - Throws: `MediaError`.
  public init(
    url: URL, size: PixelSize, frameRate: FrameRate, encoding: LayerVideoEncoding, firstNumber: Int = 0
  ) throws {
    guard Limits.accepts(size) else { throw MediaError.badSize(size) }
    self.size = size
    func video(_ coding: VideoCoding) throws -> any FrameSink {
      try EncodedVideoSink(url, size: size, frameRate: frameRate, coding: coding)
    }
    switch encoding {
    case .proRes4444: sink = try video(.proRes4444)
    case .ffv1: sink = try video(.ffv1)
    case .ffv1Deep: sink = try video(.ffv1Deep)
    case .vp9: sink = try video(.vp9)
    case .pngSequence: sink = try PNGSequenceSink(url, size: size, format: .rgba8, firstNumber: firstNumber)
    case .pngSequenceDeep:
      sink = try PNGSequenceSink(url, size: size, format: .rgba16BigEndian, firstNumber: firstNumber)
    }
    switch encoding {
    case .ffv1, .vp9, .pngSequence: bytes = { $0.pixels.map(\.eightBits) }
    case .proRes4444, .ffv1Deep: bytes = { $0.bytes { $0.littleEndian } }
    case .pngSequenceDeep: bytes = { $0.bytes { $0.bigEndian } }
    }
  }

  /// Adds a frame.
  /// - Throws: `MediaError.wrongFrameSize`, `MediaError.cannotWrite`. After an error only `cancel()` makes sense.
  public func append(_ image: DeepImage) throws {
    guard image.size == size else { throw MediaError.wrongFrameSize(size: image.size, expected: size) }
    try sink?.append(bytes(image))
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

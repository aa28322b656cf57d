/// Which part of a source to read, and at what size.
public struct ClipRequest: Codable, Equatable, Sendable {
  /// Source frames, the first has number 0; nil: all.
  public var frames: Range<Int>?
  /// Size in pixels; nil: the source's display size, limited to 768 on the long side, made even.
  public var size: PixelSize?
  /// Reads at most so many frames from the start of the range; nil: no limit.
  public var maximumFrames: Int?

  public init(frames: Range<Int>? = nil, size: PixelSize? = nil, maximumFrames: Int? = nil) {
    self.frames = frames
    self.size = size
    self.maximumFrames = maximumFrames
  }

  /// Long side of a frame where no size is asked for, in pixels: what the method is tuned for.
  public static let defaultLongSide = 768

  /// The size used for a source of this display size: scaled down to `defaultLongSide` where it is larger, each side
  /// to the nearest even number.
  public static func defaultSize(for display: PixelSize) -> PixelSize {
    let scale = min(1, Double(defaultLongSide) / Double(display.longSide))
    func even(_ side: Int) -> Int {
      scale == 1 ? max(2, side / 2 * 2) : max(2, Int((Double(side) * scale / 2).rounded()) * 2)
    }
    return PixelSize(width: even(display.width), height: even(display.height))
  }

  /// - Throws: `MediaError` where no source could fulfil the request.
  func validate(path: String) throws {
    if let size, !Limits.accepts(size) { throw MediaError.badSize(size) }
    if let frames, frames.isEmpty || frames.lowerBound < 0 {
      throw MediaError.unsuitable(
        path: path, detail: "the frame range \(frames.lowerBound)..<\(frames.upperBound) holds no frame")
    }
    if let maximumFrames, maximumFrames < 1 {
      throw MediaError.unsuitable(path: path, detail: "at most \(maximumFrames) frames were asked for; give 1 or more")
    }
  }

  /// The source frames to read when the number of frames is `available` (nil: not known before decoding).
  func range(available: Int?) -> Range<Int> {
    let start = frames?.lowerBound ?? 0
    let end = frames?.upperBound ?? available ?? Int.max
    return start..<(end - start > maximumFrames ?? Int.max ? start + (maximumFrames ?? 0) : end)
  }
}

import Media

/// The video's coordinates: a pixel (x, y, t) becomes `p = (x / (rez/2) - 1, y / (rez/2) - 1, t / (T/2) - 1)` with
/// rez = max(width, height), so that the longer side spans [-1, 1].
public struct VideoGeometry: Codable, Equatable, Sendable {
  public let size: PixelSize
  public let frameCount: Int

  public init(size: PixelSize, frameCount: Int) {
    self.size = size
    self.frameCount = frameCount
  }

  /// Half the longer side in pixels: the factor between normalised and pixel lengths.
  public var halfSide: Float { Float(size.longSide) / 2 }

  @inline(__always) func normalised(_ pixel: Float) -> Float { pixel / halfSide - 1 }
  @inline(__always) func normalised(time: Float) -> Float { time / (Float(frameCount) / 2) - 1 }
}

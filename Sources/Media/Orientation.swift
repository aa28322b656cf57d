import CFFmpeg

/// How a stored picture is turned and mirrored before it is shown: one of the eight symmetries of a rectangle.
struct Orientation: Equatable {
  /// The stored x axis runs along the shown y axis.
  var swapsAxes = false
  /// The shown x axis runs against the stored axis that it follows.
  var mirrorsX = false
  /// The same for the shown y axis.
  var mirrorsY = false

  static let upright = Orientation()

  init() {}

  /// The symmetry nearest to a display matrix (nine values, of which the first two of the first two rows turn):
  /// a stored point (x, y) is shown at (m0 x + m3 y, m1 x + m4 y).
  init(displayMatrix m: UnsafePointer<Int32>) {
    let (a, b, c, d) = (Int64(m[0]), Int64(m[1]), Int64(m[3]), Int64(m[4]))
    swapsAxes = abs(b) + abs(c) > abs(a) + abs(d)
    mirrorsX = (swapsAxes ? c : a) < 0
    mirrorsY = (swapsAxes ? b : d) < 0
  }

  /// What the picture itself says, else what its stream says.
  init(_ picture: Picture, in stream: UnsafeMutablePointer<AVStream>) {
    let matrix = cffmpeg_frame_display_matrix(picture.av) ?? cffmpeg_stream_display_matrix(stream)
    self = matrix.map(Orientation.init(displayMatrix:)) ?? .upright
  }

  /// The shown size of a picture of stored size `size`, and the other way round.
  func apply(_ size: PixelSize) -> PixelSize {
    swapsAxes ? PixelSize(width: size.height, height: size.width) : size
  }

  /// The shown picture of a stored one, `channels` interleaved values a pixel.
  func apply<Value: BinaryInteger>(_ stored: [Value], size: PixelSize, channels: Int) -> [Value] {
    guard self != .upright else { return stored }
    let shown = apply(size)
    return [Value](unsafeUninitializedCapacity: stored.count) { target, count in
      stored.withUnsafeBufferPointer { source in
        for y in 0..<shown.height {
          for x in 0..<shown.width {
            let alongX = mirrorsX ? shown.width - 1 - x : x
            let alongY = mirrorsY ? shown.height - 1 - y : y
            let from = channels * (swapsAxes ? alongX * size.width + alongY : alongY * size.width + alongX)
            let to = channels * (y * shown.width + x)
            for channel in 0..<channels { target[to + channel] = source[from + channel] }
          }
        }
      }
      count = stored.count
    }
  }
}

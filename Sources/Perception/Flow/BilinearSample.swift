import Media

/// Values of a picture with `channels` interleaved floats a pixel, between the pixels; 0 outside ("zero border").
struct BilinearSampler {
  let values: UnsafeBufferPointer<Float>
  let size: PixelSize
  let channels: Int

  /// Whether (x, y) lies so near the picture that it takes part in a sample. False for values that are not numbers.
  @inline(__always)
  func reaches(_ x: Float, _ y: Float) -> Bool {
    x > -1 && y > -1 && x < Float(size.width) && y < Float(size.height)
  }

  /// The value of `channel` at (x, y); pixels beyond the border count as 0.
  /// - Precondition: `reaches(x, y)`.
  @inline(__always)
  func value(_ x: Float, _ y: Float, channel: Int = 0) -> Float {
    let left = Int(x + 1) - 1
    let top = Int(y + 1) - 1
    let fx = x - Float(left)
    let fy = y - Float(top)
    let upper = pixel(left, top, channel) * (1 - fx) + pixel(left + 1, top, channel) * fx
    let lower = pixel(left, top + 1, channel) * (1 - fx) + pixel(left + 1, top + 1, channel) * fx
    return upper * (1 - fy) + lower * fy
  }

  @inline(__always)
  private func pixel(_ x: Int, _ y: Int, _ channel: Int) -> Float {
    guard x >= 0, y >= 0, x < size.width, y < size.height else { return 0 }
    return values[(y * size.width + x) * channels + channel]
  }
}

import Foundation
import Media

/// A picture to be drawn at any size: a pyramid of ever smaller copies, premultiplied, transparent around it.
struct Sticker: Sendable {
  let size: PixelSize
  private var levels: [(size: PixelSize, pixels: [SIMD4<Float>])] = []

  init(_ image: RGBAImage) {
    size = image.size
    let first = (0..<image.size.pixelCount).map { pixel in
      let alpha = Float(image.pixels[4 * pixel + 3]) / 255
      let colour = (0..<3).map { Float(image.pixels[4 * pixel + $0]) / 255 * alpha }
      return SIMD4(colour[0], colour[1], colour[2], alpha)
    }
    levels = [(image.size, first)]
    while let last = levels.last, last.size.longSide > 1 { levels.append(Self.halved(last.size, last.pixels)) }
  }

  /// Premultiplied colour and opacity at a place in pixels (the first pixel's middle is 0, 0), averaged over about
  /// `footprint` pixels.
  func sample(x: Float, y: Float, footprint: Float) -> SIMD4<Float> {
    let level = min(max(0, log2f(max(footprint, 1))), Float(levels.count - 1))
    let low = Int(level)
    let fine = sample(x, y, level: low)
    let share = level - Float(low)
    return share > 0 && low + 1 < levels.count ? fine + share * (sample(x, y, level: low + 1) - fine) : fine
  }

  private func sample(_ x: Float, _ y: Float, level: Int) -> SIMD4<Float> {
    let scale = 1 / Float(1 << level)
    let (size, pixels) = levels[level]
    let (px, py) = ((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5)
    guard px > -1, py > -1, px < Float(size.width), py < Float(size.height) else { return .zero }
    let (x0, y0) = (Int(px.rounded(.down)), Int(py.rounded(.down)))
    let (fx, fy) = (px - Float(x0), py - Float(y0))
    func pixel(_ x: Int, _ y: Int) -> SIMD4<Float> {
      x >= 0 && y >= 0 && x < size.width && y < size.height ? pixels[y * size.width + x] : .zero
    }
    let above = pixel(x0, y0) * (1 - fx) + pixel(x0 + 1, y0) * fx
    let below = pixel(x0, y0 + 1) * (1 - fx) + pixel(x0 + 1, y0 + 1) * fx
    return above * (1 - fy) + below * fy
  }

  private static func halved(_ size: PixelSize, _ pixels: [SIMD4<Float>]) -> (PixelSize, [SIMD4<Float>]) {
    let small = PixelSize(width: (size.width + 1) / 2, height: (size.height + 1) / 2)
    var result = [SIMD4<Float>](repeating: .zero, count: small.pixelCount)
    for y in 0..<size.height {
      for x in 0..<size.width { result[y / 2 * small.width + x / 2] += pixels[y * size.width + x] / 4 }
    }
    return (small, result)
  }
}

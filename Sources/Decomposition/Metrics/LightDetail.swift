import Foundation
import Media
import NeuralField

/// The fine part of the composed light, sum_i alpha_i R_i, averaged over its channels: what is left after a mean over
/// `window` x `window` pixels is taken away, as a root mean square. Light changes slowly over most surfaces; what is
/// fine is mostly texture that the residual paints, and that no edit of the texture reaches.
struct LightDetail {
  /// Pixels: wavelengths up to about this count as fine.
  static let window = 17

  private(set) var sum = 0.0
  private(set) var count = 0.0

  var rootMeanSquare: Double { count > 0 ? (sum / count).squareRoot() : 0 }

  mutating func add(_ frame: RenderedFrame) {
    let size = frame.size
    var light = [Float](repeating: 0, count: size.pixelCount)
    for layer in frame.layers {
      let alpha = layer.alpha[0]
      for channel in 0..<3 {
        let residual = layer.residual[channel]
        for m in 0..<size.pixelCount { light[m] += alpha[m] * residual[m] / 3 }
      }
    }
    let smooth = Self.mean(light, size)
    for m in 0..<size.pixelCount {
      let fine = Double(light[m] - smooth[m])
      sum += fine * fine
    }
    count += Double(size.pixelCount)
  }

  static func += (a: inout LightDetail, b: LightDetail) {
    a.sum += b.sum
    a.count += b.count
  }

  /// Means over windows, cut off at the frame's border.
  static func mean(_ values: [Float], _ size: PixelSize) -> [Float] {
    var result = values
    for y in 0..<size.height { meanAlongLine(&result, start: y * size.width, step: 1, count: size.width) }
    for x in 0..<size.width { meanAlongLine(&result, start: x, step: size.width, count: size.height) }
    return result
  }

  private static func meanAlongLine(_ values: inout [Float], start: Int, step: Int, count: Int) {
    let reach = window / 2
    var sums = [Double](repeating: 0, count: count + 1)
    for i in 0..<count { sums[i + 1] = sums[i] + Double(values[start + i * step]) }
    for i in 0..<count {
      let (first, end) = (max(0, i - reach), min(count, i + reach + 1))
      values[start + i * step] = Float((sums[end] - sums[first]) / Double(end - first))
    }
  }
}

import Media
import NeuralField

/// The difference between an edited texture and the original one, texel by texel.
struct TextureChange: Sendable {
  private let size: PixelSize
  /// R, G, B differences in [-1, 1] and a 0, interleaved.
  private let difference: [Float]
  let isEmpty: Bool

  /// - Parameter original: R, G, B, A bytes, interleaved, of the size of `edit`.
  init(original: [UInt8], edit: RGBAImage) {
    size = edit.size
    var difference = [Float](repeating: 0, count: 4 * edit.size.pixelCount)
    var isEmpty = true
    for texel in 0..<edit.size.pixelCount {
      let opacity = Float(edit.pixels[4 * texel + 3]) / 255
      guard opacity > 0 else { continue }
      for channel in 0..<3 {
        let change = Int(edit.pixels[4 * texel + channel]) - Int(original[4 * texel + channel])
        if change != 0 {
          difference[4 * texel + channel] = Float(change) / 255 * opacity
          isEmpty = false
        }
      }
    }
    self.difference = difference
    self.isEmpty = isEmpty
  }

  /// Adds `unit * opacity * light * change(u, v)` to `sum`; see `Kernels.gatherEdit`.
  func gather(
    count: Int, u: UnsafePointer<Float>, v: UnsafePointer<Float>, weights: UnsafePointer<UInt16>, unit: Float,
    sum: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    kernels.gatherEdit(
      count: count, change: difference, width: size.width, height: size.height, u: u, v: v, weights: weights,
      unit: unit, sum: sum)
  }
}

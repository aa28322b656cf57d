import Exchange
import Media

/// A picture that others are composited onto, in 32-bit floats between the strokes.
///
/// With backdrop colour and opacity (Cb, ab) and source (Cs, as), as W3C's "Compositing and Blending":
/// `ao = as + ab (1 - as)`, `ao Co = (1 - as) ab Cb + as ((1 - ab) Cs + ab B(Cb, Cs))`.
struct Canvas {
  let size: PixelSize
  /// R, G, B premultiplied by the opacity, and the opacity; in [0, 1].
  private var values: [Float]

  init(size: PixelSize) {
    self.size = size
    values = [Float](repeating: 0, count: 4 * size.pixelCount)
  }

  init(_ image: RGBAImage) {
    self.init(size: image.size)
    for start in stride(from: 0, to: values.count, by: 4) {
      let opacity = Float(image.pixels[start + 3]) / 255
      for channel in 0..<3 { values[start + channel] = Float(image.pixels[start + channel]) / 255 * opacity }
      values[start + 3] = opacity
    }
  }

  /// Lays a picture over the canvas, its top left corner at (x, y); what lies outside is cut off.
  mutating func composite(_ picture: RGBAImage, opacity: Float, x: Int, y: Int, blend: BlendMode = .normal) {
    let columns = max(0, -x)..<max(max(0, -x), min(picture.size.width, size.width - x))
    let rows = max(0, -y)..<max(max(0, -y), min(picture.size.height, size.height - y))
    let width = size.width
    values.withUnsafeMutableBufferPointer { target in
      picture.pixels.withUnsafeBufferPointer { source in
        for row in rows {
          for column in columns {
            let from = 4 * (row * picture.size.width + column)
            let to = 4 * ((row + y) * width + column + x)
            guard source[from + 3] > 0 else { continue }
            let alpha = Float(source[from + 3]) / 255 * opacity
            let below = target[to + 3]
            for channel in 0..<3 {
              let colour = Float(source[from + channel]) / 255
              let backdrop = below > 0 ? target[to + channel] / below : 0
              let mixed = (1 - below) * colour + below * blend.blended(backdrop: backdrop, source: colour)
              target[to + channel] = (1 - alpha) * target[to + channel] + alpha * mixed
            }
            target[to + 3] = alpha + below * (1 - alpha)
          }
        }
      }
    }
  }

  /// The canvas with straight alpha, rounded to 8 bits.
  var image: RGBAImage {
    var image = RGBAImage(size: size)
    for start in stride(from: 0, to: values.count, by: 4) where values[start + 3] > 0 {
      let opacity = values[start + 3]
      for channel in 0..<3 {
        image.pixels[start + channel] = UInt8(min(max(values[start + channel] / opacity, 0), 1) * 255 + 0.5)
      }
      image.pixels[start + 3] = UInt8(min(opacity, 1) * 255 + 0.5)
    }
    return image
  }
}

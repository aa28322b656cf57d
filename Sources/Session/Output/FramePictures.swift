import Decomposition
import Media

/// Frames that show one side of a rendered frame.
struct FramePictures {
  let rendered: RenderedFrame

  /// The frame as the layers rebuild it.
  var reconstruction: Frame { rendered.image(rendered.reconstruction) }

  /// The opacity of a layer as grey.
  func alpha(of layer: RenderedLayer) -> Frame {
    picture { pixel, _ in layer.alpha[0][pixel] }
  }

  /// A layer with its lighting over a checkerboard, so that what is transparent shows.
  func onCheckerboard(_ layer: RenderedLayer) -> Frame {
    let width = rendered.size.width
    return picture { pixel, channel in
      let alpha = layer.alpha[0][pixel]
      let isLight = (pixel % width / 16 + pixel / width / 16).isMultiple(of: 2)
      let colour = layer.texture[channel][pixel] * layer.residual[channel][pixel]
      return alpha * min(1, colour) + (1 - alpha) * (isLight ? 0.8 : 0.6)
    }
  }

  /// The lighting of one layer where it is seen, mid-grey where it changes nothing.
  func residual(of layer: RenderedLayer) -> Frame {
    picture { pixel, channel in
      let alpha = layer.alpha[0][pixel]
      return (alpha * layer.residual[channel][pixel] + 1 - alpha) / 2
    }
  }

  /// The lighting of all layers together, mid-grey where it changes nothing.
  var residual: Frame {
    picture { pixel, channel in
      rendered.layers.reduce(0) { $0 + $1.alpha[0][pixel] * $1.residual[channel][pixel] } / 2
    }
  }

  /// A frame with a value in [0, 1] (clamped to it) for each pixel and channel.
  private func picture(_ value: (_ pixel: Int, _ channel: Int) -> Float) -> Frame {
    var frame = Frame(size: rendered.size)
    frame.pixels.withUnsafeMutableBufferPointer { pixels in
      for pixel in 0..<rendered.size.pixelCount {
        for channel in 0..<3 {
          pixels[3 * pixel + channel] = UInt16(min(max(value(pixel, channel), 0), 1) * 65535 + 0.5)
        }
      }
    }
    return frame
  }
}

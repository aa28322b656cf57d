import Decomposition
import Media

/// The colours of one layer of a frame, alone: straight, not multiplied by its opacity.
public struct LayerColours: Sendable {
  public let size: PixelSize
  /// R, G, B: one value a pixel each; about in [0, 1], not clamped. 0 where the layer is not seen.
  public var planes: [[Float]]
  public let alpha: [Float]

  /// `T R`, the lit texture; with a source also what the model lacks of it, `source - reconstruction`, so that the layers
  /// composited over each other are the source exactly: their opacities sum to 1.
  public init(_ frame: RenderedFrame, layer index: Int, source: Frame?) {
    size = frame.size
    let (layer, count) = (frame.layers[index], frame.size.pixelCount)
    alpha = Array(UnsafeBufferPointer(start: layer.alpha[0], count: count))
    planes = (0..<3).map { channel in
      let (texture, light, whole) = (layer.texture[channel], layer.residual[channel], frame.reconstruction[channel])
      return (0..<count).map { pixel in
        guard layer.alpha[0][pixel] > LayerColours.unseen else { return 0 }
        let lit = texture[pixel] * light[pixel]
        return source.map { lit + Float($0.pixels[3 * pixel + channel]) * Frame.unit - whole[pixel] } ?? lit
      }
    }
  }

  /// Opacity up to which a layer counts as absent: a sixteenth of an 8-bit step.
  public static let unseen: Float = 1 / 4096

  /// The picture with 16 bits a channel, straight alpha.
  /// - Parameter filled: continues the colours where the layer is not seen, for codecs that mix neighbouring pixels.
  public func image(filled: Bool) -> DeepImage {
    var image = DeepImage(size: size)
    let seen = alpha.map { $0 > 0.05 ? 1 : $0 > Self.unseen ? $0 : 0 as Float }
    for channel in 0..<3 {
      let plane = filled ? PullPush.filled(planes[channel], weights: seen, size: size) : planes[channel]
      for pixel in 0..<size.pixelCount { image.pixels[4 * pixel + channel] = Self.deep(plane[pixel]) }
    }
    for pixel in 0..<size.pixelCount {
      image.pixels[4 * pixel + 3] = alpha[pixel] > Self.unseen ? Self.deep(alpha[pixel]) : 0
    }
    return image
  }

  private static func deep(_ value: Float) -> UInt16 { UInt16(min(max(value, 0), 1) * 65535 + 0.5) }
}

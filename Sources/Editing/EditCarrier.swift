import Decomposition
import Foundation
import Media

/// Carries an edit from the texture of one model to that of another of the same clip, through the video: old uv, pixel,
/// new uv, over all frames.
public struct EditCarrier {
  /// What became of an edit.
  public struct Result: Sendable {
    /// The edit on the new texture.
    public var image: RGBAImage
    /// How far the frames disagree about where a place of the old texture goes: root mean square, in pixels of the video.
    public var errorPixels: Double
    /// The share of the painted texels' area that the video shows at all; the rest cannot be carried.
    public var seenShare: Double
  }

  private let old: Renderer
  private let new: Renderer

  private static let leastAlpha: Float = 0.25

  /// - Throws: `EditingError.otherClip` where the models are not of the same clip.
  public init(from old: Renderer, to new: Renderer) throws {
    guard old.model.geometry == new.model.geometry, old.model.layerNames == new.model.layerNames else {
      throw EditingError.otherClip
    }
    (self.old, self.new) = (old, new)
  }

  /// - Parameter onFrame: called after every frame with the number of frames done; ends the work where it throws.
  public func carry(_ edit: RGBAImage, layer name: String, onFrame: (Int) throws -> Void = { _ in }) throws -> Result {
    let index = try new.model.index(ofLayer: name)
    let (size, side) = (new.model.geometry.size, edit.size.width)
    let sticker = Sticker(edit)
    // Paint (premultiplied, opacity), old uv - new uv, and its square: the spread of the last two is the error.
    var field = TexelField(side: side, channels: 8)
    var isSeen = [Bool](repeating: false, count: side * side)
    var pixelUV: Double = 0
    for number in 0..<new.model.geometry.frameCount {
      let (before, after) = (old.frame(number), new.frame(number))
      let (from, to) = (before.layers[index], after.layers[index])
      var values = [Float](repeating: 0, count: 8 * size.pixelCount)
      var isTouched = [Bool](repeating: false, count: size.pixelCount)
      for pixel in 0..<size.pixelCount where from.alpha[0][pixel] >= Self.leastAlpha {
        let (u, v) = (from.uv[0][pixel], from.uv[1][pixel])
        let (x, y) = ((u + 1) / 2 * Float(side) - 0.5, (v + 1) / 2 * Float(side) - 0.5)
        let paint = sticker.sample(x: x, y: y, footprint: 1)
        for channel in 0..<4 { values[8 * pixel + channel] = paint[channel] }
        let shift = SIMD2(u - to.uv[0][pixel], v - to.uv[1][pixel])
        for (offset, value) in [shift.x, shift.y, shift.x * shift.x, shift.y * shift.y].enumerated() {
          values[8 * pixel + 4 + offset] = value
        }
        guard paint.w > 0 else { continue }
        isSeen[min(max(Int(y + 0.5), 0), side - 1) * side + min(max(Int(x + 0.5), 0), side - 1)] = true
        for first in [pixel, pixel - 1, pixel - size.width, pixel - size.width - 1] where first >= 0 {
          isTouched[first] = true
        }
      }
      _ = UVMesh(to, size: size).rasterise(values, least: Self.leastAlpha, into: &field) { isTouched[$0] }
      if pixelUV == 0, let mapping = ExtendedMapping(after, layer: index) {
        pixelUV = abs(mapping.linear.determinant).squareRoot()
      }
      try onFrame(number + 1)
    }
    return result(field, edit, isSeen: isSeen, pixelUV: max(pixelUV, 1e-9))
  }

  private func result(_ field: TexelField, _ edit: RGBAImage, isSeen: [Bool], pixelUV: Double) -> Result {
    var field = field
    let error = spread(of: field) / pixelUV
    _ = field.grow(rounds: 1)
    var image = RGBAImage(size: edit.size)
    for texel in field.weights.indices where field.weights[texel] > 0 {
      let opacity = field.mean(texel, 3)
      guard opacity > 1 / 512 else { continue }
      for channel in 0..<3 {
        image.pixels[4 * texel + channel] = UInt8(min(max(field.mean(texel, channel) / opacity, 0), 1) * 255 + 0.5)
      }
      image.pixels[4 * texel + 3] = UInt8(min(opacity, 1) * 255 + 0.5)
    }
    let painted = isSeen.indices.filter { edit.pixels[4 * $0 + 3] > 0 }
    // A texel between the pixels' places counts with its neighbours.
    let side = edit.size.width
    let near = painted.filter { texel in
      [-side - 1, -side, -side + 1, -1, 0, 1, side - 1, side, side + 1].contains {
        let other = texel + $0
        return isSeen.indices.contains(other) && isSeen[other]
      }
    }
    return Result(
      image: image, errorPixels: error, seenShare: Double(near.count) / Double(max(1, painted.count)))
  }

  /// Root mean square of the old places' distance from their mean, over the painted texels, in uv.
  private func spread(of field: TexelField) -> Double {
    var (sum, count) = (0.0, 0)
    for texel in field.weights.indices where field.weights[texel] > 0 && field.mean(texel, 3) > 0.5 {
      for axis in 0..<2 {
        let mean = Double(field.mean(texel, 4 + axis))
        sum += max(0, Double(field.mean(texel, 6 + axis)) - mean * mean)
      }
      count += 1
    }
    return (sum / Double(max(1, count))).squareRoot()
  }
}

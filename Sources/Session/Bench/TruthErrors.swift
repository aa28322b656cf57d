import Decomposition
import Media
import SyntheticScenes

/// How far a decomposition is from the layers of the procedural scene that its clip was made from: mean absolute errors
/// of one layer.
///
/// A clip shows T(u, v) R(u, v, t), the product of a texture and its light, so it leaves open a factor that stays the same
/// for ever at a place of the texture. Before they are compared, both are multiplied so that a place's light, averaged
/// over the frames that show it, is that of the truth: T' = T / g and R' = g R with g = mean_t R_true / mean_t R.
public struct TruthErrors: Codable, Equatable, Sendable {
  /// Of the texture T', channels averaged, in [0, 1]; where and when the layer alone is seen, so wrong mappings count.
  public var colour: Double
  /// Of the light R' (1 is no change).
  public var light: Double
  /// How far a place of the layer wanders in the texture while the clip shows it: root mean square distance from its mean,
  /// in pixels of the video. Paint slides by so much.
  public var drift: Double
  /// Of the composed opacity, over all pixels of all frames.
  public var opacity: Double
}

extension TruthErrors {
  /// - Parameters:
  ///   - frames: all frames of the decomposition, in order.
  ///   - layer: the same number in scene and decomposition.
  ///   - pixelsPerUV: of the layer (`NVDModel.pixelsPerUV`).
  ///   - spacing: pixels between the places that are followed through the clip.
  /// - Throws: `DecompositionError.unsuitable` where no place is seen alone in more than half of the frames.
  init(_ frames: [RenderedFrame], scene: SyntheticScene, layer: Int, pixelsPerUV: Float, spacing: Int = 3) throws {
    let size = scene.clip.size
    let truth = frames.indices.map { scene.alpha(layer: layer, frame: $0) }
    opacity =
      zip(frames, truth).reduce(0) { sum, pair in
        let alpha = pair.0.layers[layer].alpha[0]
        return sum + pair.1.indices.reduce(0) { $0 + Double(abs(alpha[$1] - pair.1[$1])) }
      } / Double(frames.count * size.pixelCount)

    var (colour, light, drift, count) = (0.0, 0.0, 0.0, 0.0)
    let middle = frames.count / 2
    for y in stride(from: 0, to: size.height, by: spacing) {
      for x in stride(from: 0, to: size.width, by: spacing) where truth[middle][y * size.width + x] > Self.alone {
        let place = scene.layers[layer].layerPoint(SIMD2(Double(x), Double(y)), frame: middle)
        let views = Self.views(of: place, layer: layer, frames, truth: truth, scene: scene)
        guard 2 * views.count > frames.count else { continue }
        let errors = Self.errors(views, colour: scene.layers[layer].colour(at: place))
        colour += errors.colour
        light += errors.light
        drift += errors.drift
        count += 1
      }
    }
    guard count > 0 else {
      throw DecompositionError.unsuitable("\(scene.layers[layer].name) is covered in too many frames to be compared")
    }
    self.colour = colour / count
    self.light = light / count
    self.drift = (drift / count).squareRoot() * Double(pixelsPerUV)
  }

  /// Opacity from which a layer counts as seen alone.
  private static let alone: Float = 0.99

  /// A place of a layer in one frame: what the decomposition says of it, and the true light.
  private struct View {
    let uv: SIMD2<Double>
    let texture: SIMD3<Double>
    let residual: SIMD3<Double>
    let light: Double
  }

  /// The place in every frame that shows it and nothing else.
  private static func views(
    of place: SIMD2<Double>, layer: Int, _ frames: [RenderedFrame], truth: [[Float]], scene: SyntheticScene
  ) -> [View] {
    let size = scene.clip.size
    return frames.indices.compactMap { frame in
      let pixel = scene.layers[layer].pixel(place, frame: frame)
      guard let sample = Bilinear(pixel, size), sample.corners.allSatisfy({ truth[frame][$0] > alone }) else {
        return nil
      }
      let rendered = frames[frame].layers[layer]
      return View(
        uv: SIMD2(sample.value(rendered.uv[0]), sample.value(rendered.uv[1])),
        texture: SIMD3(
          sample.value(rendered.texture[0]), sample.value(rendered.texture[1]), sample.value(rendered.texture[2])),
        residual: SIMD3(
          sample.value(rendered.residual[0]), sample.value(rendered.residual[1]), sample.value(rendered.residual[2])),
        light: scene.layers[layer].light(at: place, frame: frame))
    }
  }

  /// `drift` is squared, in uv.
  private static func errors(
    _ views: [View], colour: SIMD3<Double>
  ) -> (colour: Double, light: Double, drift: Double) {
    let count = Double(views.count)
    let light = views.reduce(0) { $0 + $1.light }
    let residual = views.reduce(SIMD3<Double>.zero) { $0 + $1.residual }
    let gauge = light / residual
    let place = views.reduce(SIMD2<Double>.zero) { $0 + $1.uv } / count
    return views.reduce(into: (0, 0, 0)) { sum, view in
      sum.0 += distance(view.texture / gauge, colour) / count
      sum.1 += distance(view.residual * gauge, SIMD3(repeating: view.light)) / count
      sum.2 += ((view.uv - place) * (view.uv - place)).sum() / count
    }
  }

  private static func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
    let difference = a - b
    return (abs(difference.x) + abs(difference.y) + abs(difference.z)) / 3
  }
}

/// Bilinear interpolation between the four pixels around a place.
private struct Bilinear {
  let corners: [Int]
  private let weights: [Double]

  /// nil outside the frame.
  init?(_ place: SIMD2<Double>, _ size: PixelSize) {
    guard place.x >= 0, place.y >= 0, place.x < Double(size.width - 1), place.y < Double(size.height - 1) else {
      return nil
    }
    let (x, y) = (Int(place.x), Int(place.y))
    let (fx, fy) = (place.x - Double(x), place.y - Double(y))
    let first = y * size.width + x
    corners = [first, first + 1, first + size.width, first + size.width + 1]
    weights = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy]
  }

  func value(_ plane: UnsafeMutablePointer<Float>) -> Double {
    zip(corners, weights).reduce(0) { $0 + Double(plane[$1.0]) * $1.1 }
  }
}

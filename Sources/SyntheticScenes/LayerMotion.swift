import Foundation
import Media

/// Where the pixels of a frame lie in a layer's own plane, and back: a similarity, then two shears that bend.
///
/// With q the pixel after the similarity: `X = q.x + a sin(k q.y + s t)`, `Y = q.y + a sin(k X + 1.3 s t + 1)`. Either
/// step is undone by subtraction, so the inverse is as exact as the map.
struct LayerMotion: Sendable {
  /// For every frame, from pixels to the layer's plane; invertible.
  let similarities: [Homography]
  private let inverses: [Homography]
  /// a, in pixels of the layer; 0 for a rigid layer.
  let bend: Double
  /// k, radians a pixel.
  let waveNumber: Double
  /// s, radians a frame.
  let pace: Double

  /// - Precondition: every similarity has an inverse.
  init(similarities: [Homography], bend: Double = 0, waveNumber: Double = 0, pace: Double = 0) {
    self.similarities = similarities
    inverses = similarities.map { similarity in
      guard let inverse = similarity.inverse else { preconditionFailure("a layer's motion must be invertible") }
      return inverse
    }
    self.bend = bend
    self.waveNumber = waveNumber
    self.pace = pace
  }

  func layerPoint(_ pixel: SIMD2<Double>, frame: Int) -> SIMD2<Double> {
    let (x, y) = similarities[frame].apply(pixel.x, pixel.y)
    let bentX = x + shearX(y, frame)
    return SIMD2(bentX, y + shearY(bentX, frame))
  }

  func pixel(_ point: SIMD2<Double>, frame: Int) -> SIMD2<Double> {
    let y = point.y - shearY(point.x, frame)
    let (px, py) = inverses[frame].apply(point.x - shearX(y, frame), y)
    return SIMD2(px, py)
  }

  private func shearX(_ y: Double, _ frame: Int) -> Double {
    bend == 0 ? 0 : bend * sin(waveNumber * y + pace * Double(frame))
  }

  private func shearY(_ x: Double, _ frame: Int) -> Double {
    bend == 0 ? 0 : bend * sin(waveNumber * x + 1.3 * pace * Double(frame) + 1)
  }
}

extension Homography {
  /// Moves `from` to `to`, turns by `rotation` (radians) and scales by `exp(growth)` about it.
  static func similarity(
    from: SIMD2<Double>, to: SIMD2<Double>, rotation: Double, growth: Double
  ) -> Homography {
    let (c, s) = (exp(growth) * cos(rotation), exp(growth) * sin(rotation))
    return Homography([
      c, -s, to.x - c * from.x + s * from.y, s, c, to.y - s * from.x - c * from.y, 0, 0, 1,
    ])
  }
}

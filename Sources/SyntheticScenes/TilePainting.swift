import Foundation

/// The background's picture: a wall of painted tiles without end.
///
/// Every scale has something to recognise: a wash of colour over the whole wall, tiles with a motif each, joints, and
/// grain down to a few pixels. All edges are wider than a pixel, so that sampling at pixels does not alias.
struct TilePainting: Sendable {
  /// Pixels of the layer per unit of the drawing.
  let unit: Double
  let seed: UInt64

  func colour(_ place: SIMD2<Double>) -> Colour {
    let point = place / unit
    let edge = 2 / unit
    let side = 48.0
    let cell = (point / side).rounded(.down)
    let (column, row) = (Int(cell.x), Int(cell.y))
    let local = point - (cell + 0.5) * side
    func chance(_ purpose: UInt64) -> Double { SceneRandom.value(seed &+ purpose, column, row) }

    let wash = 0.5 + 0.5 * sin(point.x / 97 + 0.8 * sin(point.y / 71))
    let hue = 0.52 + 0.16 * wash + 0.05 * chance(1)
    var result = SyntheticScenes.colour(hue: hue, saturation: 0.35 + 0.2 * chance(2), value: 0.45 + 0.35 * chance(3))

    let motif = SyntheticScenes.colour(hue: 0.08 + 0.25 * chance(4), saturation: 0.45, value: 0.35 + 0.6 * chance(5))
    result = mix(result, motif, motifCover(local, kind: chance(6), radius: 9 + 8 * chance(7), edge))

    let toJoint = side / 2 - max(abs(local.x), abs(local.y))
    result = mix(result, Colour(0.83, 0.80, 0.74), 1 - softStep(toJoint - 1.6, width: max(edge, 1.2)))
    return result * (1 + 0.32 * Noise(seed: seed &+ 8).octaves(point, width: 40, count: 4))
  }

  /// How much of a place the motif of its tile covers: a disc, a ring, a diamond, a cross or nothing.
  private func motifCover(_ local: SIMD2<Double>, kind: Double, radius: Double, _ edge: Double) -> Double {
    let distance = (local.x * local.x + local.y * local.y).squareRoot()
    let inside =
      switch kind {
      case ..<0.25: radius - distance
      case ..<0.5: 3.5 - abs(distance - radius)
      case ..<0.7: (1.3 * radius - abs(local.x) - abs(local.y)) * 0.7
      case ..<0.9: min(1.2 * radius - max(abs(local.x), abs(local.y)), 4 - min(abs(local.x), abs(local.y)))
      default: -2 * edge
      }
    return softStep(inside, width: edge)
  }
}

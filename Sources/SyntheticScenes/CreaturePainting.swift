import Foundation

/// An object's picture and outline: a patterned creature with a lobed outline and a face.
///
/// Its origin is its middle; outside the outline the picture goes on, so that colours at the soft border are defined.
struct CreaturePainting: Sendable {
  /// Mean radius of the outline, in pixels of the layer.
  let radius: Double
  /// Number of lobes of the outline.
  let lobes: Int
  /// Of the body, in turns.
  let hue: Double
  let seed: UInt64

  /// About the distance of a place to the outline in pixels of the layer: positive inside.
  func depth(_ place: SIMD2<Double>) -> Double {
    let angle = atan2(place.y, place.x)
    let distance = (place.x * place.x + place.y * place.y).squareRoot()
    let outline = radius * (1 + 0.14 * cos(Double(lobes) * angle) + 0.06 * cos(2 * angle + 1))
    let slope = -radius * (0.14 * Double(lobes) * sin(Double(lobes) * angle) + 0.12 * sin(2 * angle + 1))
    let lean = slope / max(distance, 0.3 * radius)
    return (outline - distance) / (1 + lean * lean).squareRoot()
  }

  func colour(_ place: SIMD2<Double>) -> Colour {
    let point = place / radius
    let edge = max(2 / radius, 0.02)
    let distance = (point.x * point.x + point.y * point.y).squareRoot()
    let light = SyntheticScenes.colour(hue: hue, saturation: 0.55, value: 0.95)
    let dark = SyntheticScenes.colour(hue: hue + 0.07, saturation: 0.75, value: 0.55)
    let accent = SyntheticScenes.colour(hue: hue + 0.45, saturation: 0.6, value: 0.85)

    let bands = sin(7 * point.y + 1.6 * sin(3 * point.x + 1))
    var result = mix(light, dark, softStep(bands, width: 7 * edge))
    result = mix(result, accent, softStep(0.05 - abs(distance - 0.62), width: edge))
    result = mix(result, accent * 0.6, spots(point, edge))
    for side in [-1.0, 1.0] {
      let eye = point - SIMD2(0.24 * side, -0.22)
      let fromEye = (eye.x * eye.x + eye.y * eye.y).squareRoot()
      let gaze = eye - SIMD2(0.03, 0.03)
      let fromPupil = (gaze.x * gaze.x + gaze.y * gaze.y).squareRoot()
      result = mix(result, Colour(0.95, 0.94, 0.9), softStep(0.17 - fromEye, width: edge))
      result = mix(result, Colour(0.08, 0.07, 0.12), softStep(0.08 - fromPupil, width: edge))
    }
    let smile = abs(point.y - 0.3 + 0.5 * point.x * point.x) - 0.035
    result = mix(result, Colour(0.3, 0.08, 0.1), softStep(min(-smile, 0.27 - abs(point.x)), width: edge))
    return result * (1 + 0.25 * Noise(seed: seed).octaves(place, width: max(12, radius / 3), count: 3))
  }

  /// How much a spot covers a place: one spot in most cells of a lattice, each somewhere in its cell.
  private func spots(_ point: SIMD2<Double>, _ edge: Double) -> Double {
    let side = 0.32
    let cell = (point / side).rounded(.down)
    let (column, row) = (Int(cell.x), Int(cell.y))
    func chance(_ purpose: UInt64) -> Double { SceneRandom.value(seed &+ purpose, column, row) }
    let middle = (cell + 0.35 + 0.3 * SIMD2(chance(1), chance(2))) * side
    let offset = point - middle
    let size = chance(3) < 0.7 ? 0.04 + 0.05 * chance(4) : -1
    return softStep(size - (offset.x * offset.x + offset.y * offset.y).squareRoot(), width: edge)
  }
}

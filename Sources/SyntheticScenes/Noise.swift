import Foundation

/// Gradient noise: smooth, band-limited, about in [-0.7, 0.7], repeatable by its seed.
struct Noise: Sendable {
  let seed: UInt64

  /// - Parameter point: in cells; structures are one to two cells wide.
  func value(_ point: SIMD2<Double>) -> Double {
    let cell = point.rounded(.down)
    let (x, y) = (Int(cell.x), Int(cell.y))
    let f = point - cell
    let fade = f * f * f * (f * (f * 6 - 15) + 10)
    func slope(_ i: Int, _ j: Int) -> Double {
      let angle = 2 * Double.pi * SceneRandom.value(seed, x + i, y + j)
      return cos(angle) * (f.x - Double(i)) + sin(angle) * (f.y - Double(j))
    }
    let top = slope(0, 0) + fade.x * (slope(1, 0) - slope(0, 0))
    let bottom = slope(0, 1) + fade.x * (slope(1, 1) - slope(0, 1))
    return top + fade.y * (bottom - top)
  }

  /// A sum of octaves, each of half the width and 0.6 of the strength of the one before.
  /// - Parameter width: of the coarsest structures, in the units of `point`.
  func octaves(_ point: SIMD2<Double>, width: Double, count: Int) -> Double {
    var (sum, strength, scale) = (0.0, 1.0, 1 / width)
    for octave in 0..<count {
      sum += strength * Noise(seed: seed &+ UInt64(octave)).value(point * scale)
      (strength, scale) = (strength * 0.6, scale * 2)
    }
    return sum
  }
}

/// A smooth step from 0 to 1 as `distance` runs from `-width / 2` to `width / 2`: an anti-aliased edge.
func softStep(_ distance: Double, width: Double) -> Double {
  let t = min(1, max(0, distance / width + 0.5))
  return t * t * (3 - 2 * t)
}

/// Red, green, blue in [0, 1].
typealias Colour = SIMD3<Double>

func mix(_ a: Colour, _ b: Colour, _ share: Double) -> Colour { a + share * (b - a) }

/// A colour by hue (in turns), saturation and value.
func colour(hue: Double, saturation: Double, value: Double) -> Colour {
  func channel(_ shift: Double) -> Double {
    let k = (shift + hue * 6).truncatingRemainder(dividingBy: 6)
    return value * (1 - saturation * max(0, min(k, 4 - k, 1)))
  }
  return Colour(channel(5), channel(3), channel(1))
}

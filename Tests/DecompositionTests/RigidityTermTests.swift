import Testing

@testable import Decomposition

@Suite struct RigidityTermTests {
  /// The term in double precision, by the definition.
  private func value(_ j: [Double]) -> Double {
    let (ux, uy, vx, vy) = (j[0], j[1], j[2], j[3])
    let (p, q, r) = (ux * ux + vx * vx, ux * uy + vx * vy, uy * uy + vy * vy)
    let area = ux * vy - uy * vx
    let determinant = 1e-6 + 1e-3 * (p + r) + area * area
    let (s, t) = (p + 1e-3, r + 1e-3)
    return (p * p + 2 * q * q + r * r).squareRoot() + (s * s + 2 * q * q + t * t).squareRoot() / determinant
  }

  /// Ordinary mappings, folded ones, and those that tear: stretched so far in one direction that the determinant of
  /// JtJ is lost among the digits of its parts.
  @Test(arguments: [
    [1, 0, 0, 1], [0.9, 0.1, -0.2, 1.1], [2, 0, 0, 0.1], [0.3, 0.3, 0.3, 0.3], [-1, 0, 0, 1], [1e-3, 0, 0, 1e-3],
    [300, 300, 0, 0], [640, 700, 0.5, 0.4], [1600, -1600, 2, -2], [150, 0, 0, 1],
  ])
  func valueAndSlopeAreThoseOfTheDefinition(jacobian: [Double]) {
    let j = jacobian.map(Float.init)
    let term = ChunkLoss.rigidityTerm(ux: j[0], uy: j[1], vx: j[2], vy: j[3])
    let exact = value(j.map(Double.init))
    #expect(abs(Double(term.value) - exact) < 1e-4 * exact, "\(term.value), \(exact)")
    let scale = jacobian.map(abs).max() ?? 1
    let slopes = (0..<4).map { index -> Double in
      let step = 1e-7 * scale
      return [1.0, -1.0].reduce(0) { sum, sign in
        var moved = j.map(Double.init)
        moved[index] += sign * step
        return sum + sign * value(moved) / (2 * step)
      }
    }
    let size = (slopes.map(abs).max() ?? 0) + 1e-6
    for (found, expected) in zip([term.ux, term.uy, term.vx, term.vy], slopes) {
      #expect(abs(Double(found) - expected) < 2e-3 * size, "\(found), \(expected)")
    }
  }
}

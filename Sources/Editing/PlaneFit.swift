import Foundation
import Media

/// Least squares for maps of the plane.
enum PlaneFit {
  struct Pair: Sendable {
    var from: SIMD2<Double>
    var to: SIMD2<Double>
    var weight = 1.0
  }

  /// The homography that maps `from` to `to` best; nil where the points do not determine one.
  ///
  /// Linear least squares in normalised coordinates, twice again with Cauchy weights on the distances in the target, so
  /// that a few points that move otherwise do not bend it. Perspective is damped a little: a small object hardly
  /// determines it, and corners beyond the object would fly away.
  static func homography(_ pairs: [Pair]) -> Homography? {
    guard let source = normalisation(of: pairs.map(\.from)), let target = normalisation(of: pairs.map(\.to)),
      let back = target.inverse
    else { return nil }
    var weights = pairs.map(\.weight)
    var fitted: Homography?
    for _ in 0..<3 {
      guard let inner = solve(pairs, weights, source, target) else { return nil }
      let map = back * inner * source
      let distances = pairs.map { distance($0, map) }
      guard distances.allSatisfy(\.isFinite) else { return fitted }
      fitted = map
      let usual = max(0.05, distances.sorted()[distances.count / 2] * 1.5)
      weights = zip(pairs, distances).map { $0.weight / (1 + ($1 / usual) * ($1 / usual)) }
    }
    return fitted
  }

  /// The affine map that does so, as a homography.
  static func affine(_ pairs: [Pair]) -> Homography? {
    guard let source = normalisation(of: pairs.map(\.from)) else { return nil }
    var normal = NormalEquations(unknowns: 3, sides: 2)
    for pair in pairs {
      let place = source.apply(pair.from.x, pair.from.y)
      normal.add([place.x, place.y, 1], [pair.to.x, pair.to.y], weight: pair.weight)
    }
    guard let s = normal.solved() else { return nil }
    return Homography([s[0][0], s[0][1], s[0][2], s[1][0], s[1][1], s[1][2], 0, 0, 1]) * source
  }

  static func rmsError(of map: Homography, _ pairs: [Pair]) -> Double {
    let sum = pairs.reduce(0) { $0 + distance($1, map) * distance($1, map) }
    return (sum / Double(max(1, pairs.count))).squareRoot()
  }

  private static func distance(_ pair: Pair, _ map: Homography) -> Double {
    let place = map.apply(pair.from.x, pair.from.y)
    let offset = SIMD2(place.x, place.y) - pair.to
    return (offset * offset).sum().squareRoot()
  }

  private static func solve(
    _ pairs: [Pair], _ weights: [Double], _ source: Homography, _ target: Homography
  ) -> Homography? {
    var normal = NormalEquations(unknowns: 8, sides: 1)
    for (pair, weight) in zip(pairs, weights) {
      let (f, t) = (source.apply(pair.from.x, pair.from.y), target.apply(pair.to.x, pair.to.y))
      normal.add([f.x, f.y, 1, 0, 0, 0, -f.x * t.x, -f.y * t.x], [t.x], weight: weight)
      normal.add([0, 0, 0, f.x, f.y, 1, -f.x * t.y, -f.y * t.y], [t.y], weight: weight)
    }
    let damping = 1e-4 * weights.reduce(0, +)
    for unknown in 6..<8 { normal.damp(unknown, damping) }
    return normal.solved().map { Homography($0[0] + [1]) }
  }

  /// Moves points to mean 0 and mean square distance 2; nil where they coincide or are not finite.
  private static func normalisation(of points: [SIMD2<Double>]) -> Homography? {
    guard points.count >= 4 else { return nil }
    let mean = points.reduce(SIMD2(0, 0), +) / Double(points.count)
    let spread = points.reduce(0) { $0 + (($1 - mean) * ($1 - mean)).sum() } / Double(points.count)
    guard spread.isFinite, spread > 1e-18 else { return nil }
    let scale = (2 / spread).squareRoot()
    return Homography([scale, 0, -scale * mean.x, 0, scale, -scale * mean.y, 0, 0, 1])
  }
}

/// `A x = b` in the sense of least squares, gathered row by row; several right sides share A.
private struct NormalEquations {
  private let unknowns: Int
  private var matrix: [[Double]]
  private var sides: [[Double]]

  init(unknowns: Int, sides: Int) {
    self.unknowns = unknowns
    matrix = [[Double]](repeating: [Double](repeating: 0, count: unknowns), count: unknowns)
    self.sides = [[Double]](repeating: [Double](repeating: 0, count: unknowns), count: sides)
  }

  mutating func add(_ row: [Double], _ values: [Double], weight: Double) {
    for i in 0..<unknowns where row[i] != 0 {
      for j in 0..<unknowns { matrix[i][j] += weight * row[i] * row[j] }
      for (side, value) in values.enumerated() { sides[side][i] += weight * row[i] * value }
    }
  }

  mutating func damp(_ unknown: Int, _ weight: Double) { matrix[unknown][unknown] += weight }

  /// Gaussian elimination with pivoting; nil where the matrix is singular.
  func solved() -> [[Double]]? {
    var (a, b) = (matrix, sides)
    for column in 0..<unknowns {
      guard let pivot = (column..<unknowns).max(by: { abs(a[$0][column]) < abs(a[$1][column]) }),
        abs(a[pivot][column]) > 1e-12
      else { return nil }
      a.swapAt(column, pivot)
      for side in b.indices { b[side].swapAt(column, pivot) }
      for row in 0..<unknowns where row != column {
        let factor = a[row][column] / a[column][column]
        guard factor != 0 else { continue }
        for j in column..<unknowns { a[row][j] -= factor * a[column][j] }
        for side in b.indices { b[side][row] -= factor * b[side][column] }
      }
    }
    return b.map { side in (0..<unknowns).map { side[$0] / a[$0][$0] } }
  }
}

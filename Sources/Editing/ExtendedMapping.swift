import Decomposition
import Media

/// A layer's mapping in one frame, continued beyond the layer's outline: where uv is known it stays as it is, elsewhere it
/// follows the layer's affine motion and, near the outline, how the layer departs from that.
struct ExtendedMapping {
  let size: PixelSize
  /// Texture coordinates of every pixel; beyond [-1, 1] too.
  let u: [Float]
  let v: [Float]
  /// The affine part: pixels to uv.
  let affine: Homography

  private static let leastPixels = 32
  private static let mostSamples = 4000

  /// - Returns: nil where the frame shows too little of the layer to know its motion.
  init?(_ frame: RenderedFrame, layer index: Int) {
    let (layer, width) = (frame.layers[index], frame.size.width)
    let seen = (0..<frame.size.pixelCount).filter { layer.alpha[0][$0] > 0.5 }
    guard seen.count >= Self.leastPixels else { return nil }
    let pairs = stride(from: 0, to: seen.count, by: max(1, seen.count / Self.mostSamples)).map { position in
      let pixel = seen[position]
      return PlaneFit.Pair(
        from: SIMD2(Double(pixel % width), Double(pixel / width)),
        to: SIMD2(Double(layer.uv[0][pixel]), Double(layer.uv[1][pixel])))
    }
    guard let affine = PlaneFit.affine(pairs) else { return nil }
    let m = affine.matrix.map { Float($0) }
    var weights = [Float](repeating: 0, count: frame.size.pixelCount)
    for pixel in seen { weights[pixel] = 1 }
    func extended(_ axis: Int) -> [Float] {
      let (a, b, c) = (m[3 * axis], m[3 * axis + 1], m[3 * axis + 2])
      func flat(_ pixel: Int) -> Float { a * Float(pixel % width) + b * Float(pixel / width) + c }
      let departure = (0..<frame.size.pixelCount).map { weights[$0] > 0 ? layer.uv[axis][$0] - flat($0) : 0 }
      let filled = PullPush.filled(departure, weights: weights, size: frame.size)
      return filled.indices.map { flat($0) + filled[$0] }
    }
    (u, v) = (extended(0), extended(1))
    (size, self.affine) = (frame.size, affine)
  }

  /// uv of a pixel distance: the linear part of the affine map.
  var linear: Matrix2 { Matrix2(affine.matrix[0], affine.matrix[1], affine.matrix[3], affine.matrix[4]) }

  /// uv at a place between pixels.
  func place(x: Double, y: Double) -> SIMD2<Double> {
    let (x, y) = (min(max(x, 0), Double(size.width - 1)), min(max(y, 0), Double(size.height - 1)))
    let (x0, y0) = (min(Int(x), size.width - 2), min(Int(y), size.height - 2))
    let (fx, fy) = (x - Double(x0), y - Double(y0))
    func value(_ plane: [Float]) -> Double {
      let first = y0 * size.width + x0
      let above = Double(plane[first]) * (1 - fx) + Double(plane[first + 1]) * fx
      let below = Double(plane[first + size.width]) * (1 - fx) + Double(plane[first + size.width + 1]) * fx
      return above * (1 - fy) + below * fy
    }
    return SIMD2(value(u), value(v))
  }
}

/// A linear map of the plane, row-major.
struct Matrix2: Equatable, Sendable {
  var a, b, c, d: Double

  init(_ a: Double, _ b: Double, _ c: Double, _ d: Double) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

  var determinant: Double { a * d - b * c }

  var inverse: Matrix2? {
    guard determinant.isFinite, abs(determinant) > 1e-18 else { return nil }
    return Matrix2(d / determinant, -b / determinant, -c / determinant, a / determinant)
  }

  static func * (m: Matrix2, n: Matrix2) -> Matrix2 {
    Matrix2(m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d)
  }

  static func * (m: Matrix2, p: SIMD2<Double>) -> SIMD2<Double> { SIMD2(m.a * p.x + m.b * p.y, m.c * p.x + m.d * p.y) }
}

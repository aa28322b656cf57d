import Decomposition
import Media

/// A frame's pixels as a mesh in a layer's texture: four neighbours make two triangles. Rasterising it carries anything
/// that is known in the frame into the texture: the inverse of the layer's mapping.
struct UVMesh {
  let size: PixelSize
  private let u: UnsafePointer<Float>
  private let v: UnsafePointer<Float>
  private let alpha: UnsafePointer<Float>
  /// Keeps the planes alive.
  private let layer: RenderedLayer

  /// What became of the mesh.
  struct Report: Equatable, Sendable {
    var triangles = 0
    /// Turned over against the others: the mapping folds there. Left out.
    var folded = 0
    /// Torn apart: neighbours that lie far from each other in the texture. Left out.
    var torn = 0

    static func + (a: Report, b: Report) -> Report {
      Report(triangles: a.triangles + b.triangles, folded: a.folded + b.folded, torn: a.torn + b.torn)
    }
  }

  init(_ layer: RenderedLayer, size: PixelSize) {
    self.size = size
    self.layer = layer
    (u, v, alpha) = (UnsafePointer(layer.uv[0]), UnsafePointer(layer.uv[1]), UnsafePointer(layer.alpha[0]))
  }

  /// Adds the values of the frame's pixels to a field, linearly interpolated over the triangles.
  ///
  /// - Parameters:
  ///   - values: `field.channels` values a pixel, interleaved.
  ///   - least: only triangles whose corners all have at least this opacity.
  ///   - isWanted: which quads to take, by their first pixel.
  func rasterise(
    _ values: UnsafePointer<Float>, least: Float, into field: inout TexelField, isWanted: (Int) -> Bool = { _ in true }
  ) -> Report {
    var report = Report()
    let scale = Float(field.side) / 2
    let majority = orientation(least: least)
    // Neighbours are a texel or so apart; six times the usual distance is a tear.
    let longest = max(4, 6 * majority.spacing * scale)
    for y in 0..<size.height - 1 {
      for x in 0..<size.width - 1 {
        let first = y * size.width + x
        guard isWanted(first) else { continue }
        let quad = [first, first + 1, first + size.width, first + size.width + 1]
        guard quad.allSatisfy({ alpha[$0] >= least }) else { continue }
        for corners in [(quad[0], quad[1], quad[2]), (quad[3], quad[2], quad[1])] {
          report.triangles += 1
          let triangle = Triangle(
            place(corners.0, scale), place(corners.1, scale), place(corners.2, scale),
            weight: (alpha[corners.0] + alpha[corners.1] + alpha[corners.2]) / 3)
          if triangle.longestSide > longest {
            report.torn += 1
          } else if triangle.area * majority.sign < 0 {
            report.folded += 1
          } else {
            triangle.draw(corners, values, into: &field)
          }
        }
      }
    }
    return report
  }

  private func place(_ pixel: Int, _ scale: Float) -> SIMD2<Float> {
    SIMD2((u[pixel] + 1) * scale - 0.5, (v[pixel] + 1) * scale - 0.5)
  }

  /// How most quads are turned, and the mean distance of neighbours in uv.
  private func orientation(least: Float) -> (sign: Float, spacing: Float) {
    var (positive, count, sum) = (0, 0, Float(0))
    for y in stride(from: 0, to: size.height - 1, by: 2) {
      for x in stride(from: 0, to: size.width - 1, by: 2) {
        let first = y * size.width + x
        guard alpha[first] >= least, alpha[first + 1] >= least, alpha[first + size.width] >= least else { continue }
        let right = SIMD2(u[first + 1] - u[first], v[first + 1] - v[first])
        let down = SIMD2(u[first + size.width] - u[first], v[first + size.width] - v[first])
        if right.x * down.y - right.y * down.x > 0 { positive += 1 }
        sum += (right * right).sum().squareRoot()
        count += 1
      }
    }
    return (2 * positive >= count ? 1 : -1, count > 0 ? sum / Float(count) : 0)
  }
}

/// A triangle in texels, the middle of the first texel at (0, 0).
private struct Triangle {
  let a, b, c: SIMD2<Float>
  let weight: Float
  /// Twice the signed area.
  let area: Float

  init(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>, weight: Float) {
    (self.a, self.b, self.c, self.weight) = (a, b, c, weight)
    area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
  }

  var longestSide: Float {
    func length(_ d: SIMD2<Float>) -> Float { (d * d).sum() }
    return max(length(b - a), length(c - a), length(c - b)).squareRoot()
  }

  /// Adds the corners' values to the texels whose middles the triangle covers, its border included: what two triangles
  /// share is weighed twice, on both sides alike.
  func draw(_ corners: (Int, Int, Int), _ values: UnsafePointer<Float>, into field: inout TexelField) {
    let (low, high) = (pointwiseMin(a, pointwiseMin(b, c)), pointwiseMax(a, pointwiseMax(b, c)))
    let last = Float(field.side - 1)
    guard area != 0, high.x >= 0, high.y >= 0, low.x <= last, low.y <= last else { return }
    let columns = Int(max(0, low.x).rounded(.up))...max(Int(max(0, low.x).rounded(.up)), Int(min(high.x, last)))
    let rows = Int(max(0, low.y).rounded(.up))...max(Int(max(0, low.y).rounded(.up)), Int(min(high.y, last)))
    let channels = field.channels
    for y in rows where Float(y) <= min(high.y, last) {
      for x in columns where Float(x) <= min(high.x, last) {
        let p = SIMD2(Float(x), Float(y))
        let first = ((b.x - p.x) * (c.y - p.y) - (b.y - p.y) * (c.x - p.x)) / area
        let second = ((c.x - p.x) * (a.y - p.y) - (c.y - p.y) * (a.x - p.x)) / area
        let third = 1 - first - second
        guard min(first, second, third) >= -1e-4 else { continue }
        let texel = y * field.side + x
        for channel in 0..<channels {
          let value =
            first * values[channels * corners.0 + channel] + second * values[channels * corners.1 + channel] + third
            * values[channels * corners.2 + channel]
          field.sums[channels * texel + channel] += weight * value
        }
        field.weights[texel] += weight
      }
    }
  }
}

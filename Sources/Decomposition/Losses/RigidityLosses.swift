extension ChunkLoss {
  /// rigidity: mean over stencils, summed over layers, of || JtJ ||_F + || (JtJ + 0.001 I)^-1 ||_F, with J the forward
  /// differences (step 1 px) of the mapping in texture pixels divided by s (Guides/Model.md; the paper's equations 14, 15).
  func rigidity() -> Double {
    let weight = phases.rigidity ? mean(weights.rigidity, over: normalisers.stencils) : 0
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    for index in layers {
      let scale = model.layers[index].pixelsPerUV
      let isActive = samples.layers[index].isActive
      for stencil in samples.stencils where isActive[stencil.origin] {
        sum += addRigidity(
          layer: index, origin: stencil.origin, alongX: stencil.right, alongY: stencil.below, scale: scale,
          weight: weight)
      }
    }
    return sum
  }

  /// The same with a long step backwards, p - (step, 0) and p - (0, step), which keeps a layer whole at a distance.
  func globalRigidity(step: Float) -> Double {
    guard phases.globalRigidity else { return 0 }
    var sum: Double = 0
    for index in layers {
      let layer = model.layers[index]
      let weight = mean(
        layer.isBackground ? weights.globalRigidityBackground : weights.globalRigidityForeground,
        over: normalisers.globalRigidity)
      guard weight > 0 else { continue }
      let isActive = samples.layers[index].isActive
      for (offset, point) in samples.globalRigidity.enumerated() where isActive[point] {
        let neighbour = samples.rigidityStart + 2 * offset
        sum += addRigidity(
          layer: index, origin: point, alongX: neighbour, alongY: neighbour + 1, scale: -layer.pixelsPerUV / step,
          weight: weight)
      }
    }
    return sum
  }

  /// Value and gradient of one term; `scale` turns a difference of uv into a derivative (negative for backward steps).
  private func addRigidity(
    layer: Int, origin o: Int, alongX x: Int, alongY y: Int, scale: Float, weight: Float
  ) -> Double {
    let (u, v) = (workspace.uv[layer][0], workspace.uv[layer][1])
    let (du, dv) = (workspace.uvGradient[layer][0], workspace.uvGradient[layer][1])
    let (ux, uy) = ((u[x] - u[o]) * scale, (u[y] - u[o]) * scale)
    let (vx, vy) = ((v[x] - v[o]) * scale, (v[y] - v[o]) * scale)
    let term = Self.rigidityTerm(ux: ux, uy: uy, vx: vx, vy: vy)
    let slope = weight * scale
    du[x] += slope * term.ux
    du[y] += slope * term.uy
    du[o] -= slope * (term.ux + term.uy)
    dv[x] += slope * term.vx
    dv[y] += slope * term.vy
    dv[o] -= slope * (term.vx + term.vy)
    return Double(weight * term.value)
  }

  /// || JtJ ||_F + || (JtJ + 0.001 I)^-1 ||_F and its derivatives with respect to J = [ux uy; vx vy].
  ///
  /// With JtJ = [p q; q r] and P = p + 0.001, R = r + 0.001, the inverse's norm is sqrt(P^2 + 2 q^2 + R^2) / det. The
  /// determinant P R - q^2 = 1e-6 + 0.001 (p + r) + (det J)^2 is worked out in the second way, whose terms do not cancel.
  static func rigidityTerm(
    ux: Float, uy: Float, vx: Float, vy: Float
  ) -> (value: Float, ux: Float, uy: Float, vx: Float, vy: Float) {
    let p = ux * ux + vx * vx
    let q = ux * uy + vx * vy
    let r = uy * uy + vy * vy
    let (pShifted, rShifted) = (p + 0.001, r + 0.001)
    let area = ux * vy - uy * vx
    let determinant = 1e-6 + 0.001 * (p + r) + area * area
    let norm = (p * p + 2 * q * q + r * r).squareRoot() + 1e-12
    let shiftedNorm = (pShifted * pShifted + 2 * q * q + rShifted * rShifted).squareRoot()
    let inverse = 1 / determinant
    let slope = shiftedNorm * inverse * inverse
    let dp = p / norm + pShifted / shiftedNorm * inverse - 0.001 * slope
    let dq = 2 * q / norm + 2 * q / shiftedNorm * inverse
    let dr = r / norm + rShifted / shiftedNorm * inverse - 0.001 * slope
    let dArea = -2 * area * slope
    return (
      norm + shiftedNorm * inverse,
      2 * dp * ux + dq * uy + dArea * vy, dq * ux + 2 * dr * uy - dArea * vx,
      2 * dp * vx + dq * vy - dArea * uy, dq * vx + 2 * dr * vy + dArea * ux
    )
  }
}

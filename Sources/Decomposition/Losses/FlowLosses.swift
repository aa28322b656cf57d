extension ChunkLoss {
  /// flow, mapping: mean over matches of sum_i alpha_i(p) || M_i(p) - M_i(p') || in pixels of the video.
  func flowMapping() -> Double {
    let weight = mean(weights.flowMapping, over: normalisers.matches)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    for index in layers {
      let (u, v) = (workspace.uv[index][0], workspace.uv[index][1])
      let (du, dv) = (workspace.uvGradient[index][0], workspace.uvGradient[index][1])
      let alpha = workspace.alpha[index]
      let alphaGradient = workspace.alphaGradient[index]
      let scale = weight * model.layers[index].pixelsPerUV
      let isActive = samples.layers[index].isActive
      for (offset, match) in samples.matches.enumerated() where isActive[match.point] {
        let (p, q) = (match.point, samples.matchStart + offset)
        let (x, y) = (u[q] - u[p], v[q] - v[p])
        let distance = (x * x + y * y).squareRoot() + 1e-12
        sum += Double(scale * alpha[p] * distance)
        let slope = scale * alpha[p] / distance
        du[q] += slope * x
        dv[q] += slope * y
        du[p] -= slope * x
        dv[p] -= slope * y
        alphaGradient[p] += scale * distance
      }
    }
    return sum
  }

  /// flow, alpha: mean over matches of sum over foregrounds | alpha_i(p) - alpha_i(p') |.
  func flowAlpha() -> Double {
    let weight = mean(weights.flowAlpha, over: normalisers.matches)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    for foreground in 0..<model.foregroundCount {
      let alpha = workspace.alpha[foreground]
      let gradient = workspace.alphaGradient[foreground]
      for (offset, match) in samples.matches.enumerated() where samples.opacity.isActive[match.point] {
        let (p, q) = (match.point, samples.matchStart + offset)
        let difference = alpha[p] - alpha[q]
        sum += Double(weight * abs(difference))
        let slope = difference > 0 ? weight : difference < 0 ? -weight : 0
        gradient[p] += slope
        gradient[q] -= slope
      }
    }
    return sum
  }
}

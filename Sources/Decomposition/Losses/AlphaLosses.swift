import Foundation

extension ChunkLoss {
  /// sparsity: mean over points of the sum over foregrounds of || (1 - alpha_f) T_f ||^2: no hidden copies.
  func sparsity() -> Double {
    let weight = mean(weights.sparsity, over: normalisers.points)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    for foreground in 0..<model.foregroundCount {
      let alpha = workspace.alpha[foreground]
      let alphaGradient = workspace.alphaGradient[foreground]
      let texture = workspace.texture[foreground]
      let gradient = workspace.textureGradient[foreground]
      let isActive = samples.layers[foreground].isActive
      var part = 0.0
      for m in 0..<samples.colourCount where samples.weight[m] > 0 && isActive[m] {
        let (rest, weight) = (1 - alpha[m], weight * samples.weight[m])
        var square: Float = 0
        for channel in 0..<3 {
          let colour = texture[channel][m]
          square += colour * colour
          gradient[channel][m] += 2 * weight * rest * rest * colour
        }
        part += Double(weight * rest * rest * square)
        alphaGradient[m] -= 2 * weight * rest * square
      }
      sum += part
    }
    return sum
  }

  /// alpha regularisation: mean over points of -log(max_i alpha_i): every pixel belongs to one layer.
  func alphaRegularisation() -> Double {
    let weight = mean(weights.alphaRegularisation, over: normalisers.points)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    let isActive = samples.opacity.isActive
    for m in 0..<samples.colourCount where samples.weight[m] > 0 && isActive[m] {
      var largest = 0
      for layer in 1..<model.layerCount where workspace.alpha[layer][m] > workspace.alpha[largest][m] {
        largest = layer
      }
      let (alpha, weight) = (workspace.alpha[largest][m], weight * samples.weight[m])
      sum -= Double(weight * logf(alpha))
      workspace.alphaGradient[largest][m] -= weight / alpha
    }
    return sum
  }

  /// alpha bootstrapping: mean over points of the sum over foregrounds of the binary cross-entropy of alpha and mask, 0
  /// where the mask does not count.
  func bootstrapping() -> Double {
    let weight = phases.bootstrapping ? mean(weights.bootstrapping, over: normalisers.points) : 0
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    for foreground in 0..<model.foregroundCount {
      let alpha = workspace.alpha[foreground]
      let mask = samples.mask[foreground]
      let gradient = workspace.alphaGradient[foreground]
      let isActive = samples.opacity.isActive
      let maskCounts = samples.maskCounts[foreground]
      for m in 0..<samples.colourCount where samples.weight[m] > 0 && isActive[m] && maskCounts[m] {
        let (a, y, weight) = (alpha[m], mask[m], weight * samples.weight[m])
        if y > 0 { sum -= Double(weight * y * logf(a)) }
        if y < 1 { sum -= Double(weight * (1 - y) * logf(1 - a)) }
        gradient[m] += weight * (a - y) / (a * (1 - a))
      }
    }
    return sum
  }
}

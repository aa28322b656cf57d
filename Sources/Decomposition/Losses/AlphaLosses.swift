import Foundation

extension ChunkLoss {
  /// sparsity: mean over points of the sum over foregrounds of || (1 - alpha_f) T_f ||^2: no hidden copies. Not at soft
  /// edges of a foreground's mask, which would become opaque and dark for it.
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
      for m in 0..<samples.colourCount where samples.weight[m] > 0 && isActive[m] && !samples.isSoftEdge(foreground, m)
      {
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

  /// alpha regularisation: mean over points of -log(max_i alpha_i): every pixel belongs to one layer, but for those at soft
  /// edges of masks.
  func alphaRegularisation() -> Double {
    let weight = mean(weights.alphaRegularisation, over: normalisers.points)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    let isActive = samples.opacity.isActive
    let foregrounds = 0..<model.foregroundCount
    for m in 0..<samples.colourCount where samples.weight[m] > 0 && isActive[m] {
      if foregrounds.contains(where: { samples.isSoftEdge($0, m) }) { continue }
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
  ///
  /// At a soft edge a mask knows on which side of one half alpha is, and no more. There the mask's value has a tenth of the
  /// weight. Full weight only keeps alpha on its side: outside, where it is above `edgeBound`, the cross-entropy of alpha and
  /// that bound is added, less its smallest value; inside the same below 1 - `edgeBound`. In between colours decide.
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
        let isEdge = samples.isSoftEdge(foreground, m)
        let share = isEdge ? Self.edgeShare * weight : weight
        sum += Double(share * Self.crossEntropy(a, y))
        gradient[m] += share * Self.crossEntropySlope(a, y)
        let bound = y < 0.5 ? Self.edgeBound : 1 - Self.edgeBound
        if isEdge, y < 0.5 ? a > bound : a < bound {
          sum += Double(weight * (Self.crossEntropy(a, bound) - Self.crossEntropy(bound, bound)))
          gradient[m] += weight * Self.crossEntropySlope(a, bound)
        }
      }
    }
    return sum
  }

  private static let edgeShare: Float = 0.1
  /// Some way from one half, which alpha then does not cross.
  private static let edgeBound: Float = 0.35

  /// -y log a - (1 - y) log(1 - a).
  private static func crossEntropy(_ a: Float, _ y: Float) -> Float {
    (y > 0 ? -y * logf(a) : 0) - (y < 1 ? (1 - y) * logf(1 - a) : 0)
  }

  private static func crossEntropySlope(_ a: Float, _ y: Float) -> Float { (a - y) / (a * (1 - a)) }
}

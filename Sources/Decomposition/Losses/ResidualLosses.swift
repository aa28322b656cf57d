import NeuralField

extension ChunkLoss {
  /// residual regularisation: mean over points and channels, summed over layers, of (R - S)^2 with the coarse light S, or
  /// of (R - 1)^2, as in the paper, where there is none.
  ///
  /// Held to 1, light would be drawn away from the truth by a seventh of how far it differs from 1.
  func residualRegularisation() -> Double {
    let channels = model.configuration.residualChannels
    let weight = mean(weights.residualRegularisation, over: normalisers.points) / Float(channels)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    for layer in model.layers.indices {
      for channel in 0..<channels {
        let residual = workspace.residual[layer][channel]
        let gradient = workspace.residualGradient[layer][channel]
        let light = workspace.coarseLight?.values[layer][channel]
        let lightGradient = workspace.coarseLight?.gradient[layer][channel]
        let isActive = samples.layers[layer].isActive
        var part = 0.0
        for m in 0..<samples.colourCount where samples.weight[m] > 0 && isActive[m] {
          let (error, weight) = (residual[m] - (light?[m] ?? 1), weight * samples.weight[m])
          part += Double(weight * error * error)
          gradient[m] += 2 * weight * error
          lightGradient?[m] -= 2 * weight * error
        }
        sum += part
      }
    }
    return sum
  }

  /// light regularisation: mean over points and channels, summed over layers, of (S - 1)^2 with the coarse light S. Where a
  /// texture is nearly black the picture hardly depends on its light, and what frames disagree about makes it grow.
  func lightRegularisation() -> Double {
    guard let light = workspace.coarseLight else { return 0 }
    let channels = model.configuration.residualChannels
    let weight = mean(weights.lightRegularisation, over: normalisers.points) / Float(channels)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    for layer in model.layers.indices {
      let isActive = samples.layers[layer].isActive
      for channel in 0..<channels {
        let (value, gradient) = (light.values[layer][channel], light.gradient[layer][channel])
        for m in 0..<samples.colourCount where samples.weight[m] > 0 && isActive[m] {
          let (error, weight) = (value[m] - 1, weight * samples.weight[m])
          sum += Double(weight * error * error)
          gradient[m] += 2 * weight * error
        }
      }
    }
    return sum
  }

  /// residual smoothness: mean over patches, layers and channels of 1 - cov(r1, r2) / (sigma1 sigma2) + 16 var(r2), r1 and
  /// r2 the residuals of the same 3 x 3 texture places at two times (the paper's equation 10). The places leave the frame
  /// at the second time (see `Sampler`): where a pixel says what the light is, nothing has to be made up.
  func residualSmoothness() -> Double {
    let channels = model.configuration.residualChannels
    let weight =
      mean(weights.residualSmoothness, over: normalisers.patches) / Float(channels * model.layerCount)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    let size = ChunkSamples.patchSize
    let firstStart = samples.colourCount
    let secondStart = firstStart + size * samples.patches.count
    for layer in model.layers.indices {
      for channel in 0..<channels {
        let residual = workspace.residual[layer][channel]
        let gradient = workspace.residualGradient[layer][channel]
        for patch in samples.layers[layer].patches {
          sum += Double(
            Self.addPatchTerm(
              first: residual + firstStart + size * patch, second: residual + secondStart + size * patch,
              firstGradient: gradient + firstStart + size * patch,
              secondGradient: gradient + secondStart + size * patch, weight: weight))
        }
      }
    }
    return sum * Double(weight)
  }

  /// Added to sigma1 * sigma2, so that patches that do not vary have a correlation of zero instead of none.
  private static let sigmaFloor: Float = 1e-6

  /// Value (unweighted) and weighted gradient of one patch pair; mean and variance over the nine values.
  private static func addPatchTerm(
    first: UnsafePointer<Float>, second: UnsafePointer<Float>, firstGradient: UnsafeMutablePointer<Float>,
    secondGradient: UnsafeMutablePointer<Float>, weight: Float
  ) -> Float {
    let size = ChunkSamples.patchSize
    let share = 1 / Float(size)
    var (mean1, mean2): (Float, Float) = (0, 0)
    for i in 0..<size {
      mean1 += first[i] * share
      mean2 += second[i] * share
    }
    var (variance1, variance2, covariance): (Float, Float, Float) = (0, 0, 0)
    for i in 0..<size {
      let (a, b) = (first[i] - mean1, second[i] - mean2)
      variance1 += a * a * share
      variance2 += b * b * share
      covariance += a * b * share
    }
    let (sigma1, sigma2) = (variance1.squareRoot(), variance2.squareRoot())
    let scale = 1 / (sigma1 * sigma2 + sigmaFloor)
    let correlation = covariance * scale
    // d(sigma1 sigma2)/d first_i = sigma2 / sigma1 * a_i / size; no slope where the patch does not vary.
    let ratio1 = sigma1 > 0 ? sigma2 / sigma1 : 0
    let ratio2 = sigma2 > 0 ? sigma1 / sigma2 : 0
    for i in 0..<size {
      let (a, b) = (first[i] - mean1, second[i] - mean2)
      firstGradient[i] -= weight * share * scale * (b - correlation * ratio1 * a)
      secondGradient[i] -= weight * share * (scale * (a - correlation * ratio2 * b) - 32 * b)
    }
    return 1 - correlation + 16 * variance2
  }
}

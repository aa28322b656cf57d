import NeuralField

extension ChunkLoss {
  /// rgb: mean over points of || prediction - target ||^2 (Guides/Model.md, first row of the losses).
  func rgb() -> Double {
    squaredError(
      workspace.colour, gradient: workspace.colourGradient, weight: mean(weights.rgb, over: normalisers.points))
  }

  /// bare: the same for the reconstruction without residuals, plus what the changing coarse light adds to it.
  ///
  /// What is added counts as given, as if it were taken off the target. So a texture comes to rest at the mean of what the
  /// clip shows there, even where S is wrong: with a slope through it, at <I S> / <S^2>, which is darker than that by the
  /// variance of what S gets wrong.
  func bare() -> Double {
    squaredError(
      workspace.bareColour, gradient: workspace.bareGradient,
      weight: mean(weights.bare * phases.bareFactor, over: normalisers.points))
  }

  private func squaredError(_ prediction: FeatureRows, gradient: FeatureRows, weight: Float) -> Double {
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    let pointWeight = samples.weight
    for channel in 0..<3 {
      let (colour, target, slope) = (prediction[channel], samples.target[channel], gradient[channel])
      var part = 0.0
      for m in 0..<samples.colourCount {
        let error = colour[m] - target[m]
        part += Double(pointWeight[m] * error * error)
        slope[m] += 2 * weight * pointWeight[m] * error
      }
      sum += part
    }
    return sum * Double(weight)
  }

  /// Leaves the squared error of every colour point in the samples.
  func measureError() {
    let errors = samples.squaredError
    for channel in 0..<3 {
      let (colour, target) = (workspace.colour[channel], samples.target[channel])
      for m in 0..<samples.colourCount {
        let error = colour[m] - target[m]
        errors[m] = (channel == 0 ? 0 : errors[m]) + error * error
      }
    }
  }

  /// gradient: mean over stencils of the squared error of forward differences in x and in y against the frame's own.
  func gradient() -> Double {
    let weight = mean(weights.gradient, over: normalisers.stencils)
    guard weight > 0 else { return 0 }
    var sum: Double = 0
    for channel in 0..<3 {
      let colour = workspace.colour[channel]
      let target = samples.target[channel]
      let slope = workspace.colourGradient[channel]
      var part = 0.0
      for stencil in samples.stencils {
        for axis in 0..<2 {
          let neighbour = axis == 0 ? stencil.right : stencil.below
          let error =
            (colour[neighbour] - colour[stencil.origin]) - (target[neighbour] - target[stencil.origin])
          part += Double(error * error)
          slope[neighbour] += 2 * weight * error
          slope[stencil.origin] -= 2 * weight * error
        }
      }
      sum += part
    }
    return sum * Double(weight)
  }
}

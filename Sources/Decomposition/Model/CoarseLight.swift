import NeuralField

/// The coarse light S of every layer at the colour points of a chunk: what the residual's network says of the first
/// levels of its grid alone, the other features 0 (`TrainingConfiguration.coarseLightLevels`). It is smooth, so it can be
/// light but no detail of an object. Three losses look at it.
///
/// `residual_regularisation` holds the residual and S to each other: what is coarse costs nothing, and is not drawn away
/// from the truth. That leaves open what is texture and what is light, for a factor g of a place turns T and R into T / g
/// and g R. `bare` decides it: it asks the textures for the picture without what changes of the light, S - M with the mean M
/// over time (`LightMean`). As that is 0 in the mean, textures come to show the picture under mean light, and light comes to
/// 1 in the mean; what changes of it does not pull at them. `bare` takes S and M as given, and teaches them nothing.
/// `light_regularisation` draws S to 1, weakly, where a texture is so dark that the picture does not tell.
struct CoarseLight: Sendable {
  /// (channels, colour points) for every layer.
  let values: [FeatureRows]
  /// What of it changes, S - M, in the same shape.
  let changing: [FeatureRows]
  /// The losses' gradient by `values`, in the same shape.
  let gradient: [FeatureRows]
  private let mean: LightMean
  /// Rows of the levels left out are 0 and stay so.
  private let features: [FeatureRows]
  private let networks: [MLPWorkspace]
  private let outputGradient: FeatureRows
  private let featureGradient: FeatureRows

  init(_ model: NVDModel, mean: LightMean, capacity: Int, precision: MLPPrecision, kernels: Kernels) {
    self.mean = mean
    let layers = model.layers
    let channels = model.configuration.residualChannels
    values = layers.map { _ in FeatureRows(features: channels, capacity: capacity) }
    changing = layers.map { _ in FeatureRows(features: channels, capacity: capacity) }
    gradient = layers.map { _ in FeatureRows(features: channels, capacity: capacity) }
    outputGradient = FeatureRows(features: channels, capacity: capacity)
    featureGradient = FeatureRows(
      features: layers.map(\.residualGrid.outputs).max() ?? 0, capacity: capacity)
    features = layers.map { FeatureRows(features: $0.residualGrid.outputs, capacity: capacity) }
    networks = layers.map { $0.residual.makeWorkspace(capacity: capacity, precision: precision, kernels: kernels) }
  }

  /// The features of the levels that it is read from.
  private var rows: Range<Int> { 0..<HashGrid.featuresPerLevel * mean.levels }

  /// - Parameters:
  ///   - uv: places of the layer's texture in [-1, 1].
  ///   - residualFeatures: of the layer's residual grid at the points.
  func evaluate(
    _ model: NVDModel, layer index: Int, uv: FeatureRows, residualFeatures: FeatureRows, count: Int, kernels: Kernels
  ) {
    let (input, network) = (features[index], networks[index])
    for row in rows { input[row].update(from: residualFeatures[row], count: count) }
    model.layers[index].residual.forward(
      model.parameters.pointer, input: input, workspace: network, count: count, kernels: kernels)
    for channel in 0..<model.configuration.residualChannels {
      kernels.softplus(network.output[channel], values[index][channel], count: count)
    }
    mean.read(layer: index, uv: uv, count: count, into: changing[index])
    for channel in 0..<model.configuration.residualChannels {
      let (light, changing) = (values[index][channel], changing[index][channel])
      for m in 0..<count { changing[m] = light[m] - changing[m] }
    }
  }

  /// The adjoint of `evaluate` at `gradient`: adds to the gradient of the network's parameters, and to that of the residual
  /// grid's features at the points.
  func backward(
    _ model: NVDModel, layer index: Int, count: Int, parameterGradient: UnsafeMutablePointer<Float>,
    residualFeatureGradient: FeatureRows, kernels: Kernels
  ) {
    let network = networks[index]
    for channel in 0..<model.configuration.residualChannels {
      kernels.softplusBackward(
        network.output[channel], gradient[index][channel], outputGradient[channel], count: count)
    }
    model.layers[index].residual.backward(
      model.parameters.pointer, input: features[index], workspace: network, outputGradient: outputGradient,
      inputGradient: featureGradient, count: count, gradient: parameterGradient, kernels: kernels)
    for row in rows {
      let (source, target) = (featureGradient[row], residualFeatureGradient[row])
      for m in 0..<count { target[m] += source[m] }
    }
  }
}

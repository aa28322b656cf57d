import NeuralField

/// The coarse light S of every layer at the colour points of a chunk: what the residual's network says of the first
/// levels of its grid alone, the other features 0. It is smooth, so it can be light but no detail of an object.
///
/// The loss `bare` asks the textures for the picture under S (`TrainingConfiguration.bareLightLevels`). S is taken as
/// given: no gradient flows through it.
struct CoarseLight: Sendable {
  /// (channels, colour points) for every layer.
  let values: [FeatureRows]
  private let levels: Int
  /// Rows of the levels left out are 0 and stay so.
  private let features: [FeatureRows]
  private let networks: [MLPWorkspace]

  /// nil for no levels: there is no light then.
  init?(_ model: NVDModel, levels: Int, capacity: Int, precision: MLPPrecision, kernels: Kernels) {
    guard levels > 0 else { return nil }
    self.levels = min(levels, model.configuration.residualGrid.levels)
    let layers = model.layers
    values = layers.map { _ in FeatureRows(features: model.configuration.residualChannels, capacity: capacity) }
    features = layers.map { FeatureRows(features: $0.residualGrid.outputs, capacity: capacity) }
    networks = layers.map { $0.residual.makeWorkspace(capacity: capacity, precision: precision, kernels: kernels) }
  }

  /// - Parameter residualFeatures: of the layer's residual grid at the points.
  func evaluate(
    _ model: NVDModel, layer index: Int, residualFeatures: FeatureRows, count: Int, kernels: Kernels
  ) {
    let (input, network) = (features[index], networks[index])
    for row in 0..<HashGrid.featuresPerLevel * levels { input[row].update(from: residualFeatures[row], count: count) }
    model.layers[index].residual.forward(
      model.parameters.pointer, input: input, workspace: network, count: count, kernels: kernels)
    for channel in 0..<model.configuration.residualChannels {
      kernels.softplus(network.output[channel], values[index][channel], count: count)
    }
  }
}

import NeuralField

/// Memory for evaluating a model at a batch of points, and for its gradients; owned by one lane.
///
/// Shapes: rows are features, columns points: the chunk's in the order of `ChunkSamples`, or packed (`LayerPoints`).
final class FieldWorkspace: @unchecked Sendable {
  let capacity: ChunkCapacity
  /// p: normalised x, y, t, of all points, and packed for every layer.
  let position: FeatureRows
  let layerPosition: [FeatureRows]
  /// For every layer: texture coordinates in [-1, 1] (2, mapped points) and their gradient.
  let uv: [FeatureRows]
  let uvGradient: [FeatureRows]
  /// For every layer: colour of the texture (3, colour points) and its gradient.
  let texture: [FeatureRows]
  let textureGradient: [FeatureRows]
  /// For every layer: residual (channels, colour points then patches) and its gradient.
  let residual: [FeatureRows]
  let residualGradient: [FeatureRows]
  /// Outputs of the alpha network in [floor, 1 - floor] (foregrounds, alpha points), before composition.
  let rawAlpha: FeatureRows
  /// Opacity of every layer (layers, alpha points); sums to 1 over the layers.
  let alpha: FeatureRows
  let alphaGradient: FeatureRows
  /// Texture coordinates of residual patches (2, patches * 9), for every layer.
  let patchUV: [FeatureRows]
  /// Reconstruction (3, colour points), the same without residuals but with what the changing coarse light adds, and their
  /// gradients.
  let colour: FeatureRows
  let colourGradient: FeatureRows
  let bareColour: FeatureRows
  let bareGradient: FeatureRows
  /// What the changing coarse light adds to the reconstruction without residuals; 0 where there is none.
  let addedLight: FeatureRows
  /// The coarse light of the residuals; nil: none.
  let coarseLight: CoarseLight?

  // Scratch and the networks' own memory.
  let scratch: FeatureRows
  let patchPosition: FeatureRows
  let textureInput: [FeatureRows]
  let residualInput: [FeatureRows]
  let alphaInput: FeatureRows
  let textureFeatures: [FeatureRows]
  let residualFeatures: [FeatureRows]
  let alphaFeatures: FeatureRows
  let inputGradient: FeatureRows
  let mappingNetworks: [MLPWorkspace]
  let textureNetworks: [MLPWorkspace]
  let residualNetworks: [MLPWorkspace]
  let alphaNetwork: MLPWorkspace

  /// - Parameters:
  ///   - precision: of the networks' products; `.bfloat16` only where `kernels` have it.
  ///   - lightMean: the mean of the coarse light; nil: there is no such light.
  init(
    _ model: NVDModel, capacity: ChunkCapacity, precision: MLPPrecision = .single, lightMean: LightMean? = nil,
    kernels: Kernels = .active
  ) {
    self.capacity = capacity
    let layers = model.layers
    let channels = model.configuration.residualChannels
    func each(_ features: Int, _ points: Int) -> [FeatureRows] {
      layers.map { _ in FeatureRows(features: features, capacity: points) }
    }
    position = FeatureRows(features: 3, capacity: capacity.mapped)
    layerPosition = each(3, capacity.mapped)
    uv = each(2, capacity.mapped)
    uvGradient = each(2, capacity.mapped)
    texture = each(3, capacity.colour)
    textureGradient = each(3, capacity.colour)
    residual = each(channels, capacity.residual)
    residualGradient = each(channels, capacity.residual)
    rawAlpha = FeatureRows(features: layers.count - 1, capacity: capacity.alpha)
    alpha = FeatureRows(features: layers.count, capacity: capacity.alpha)
    alphaGradient = FeatureRows(features: layers.count, capacity: capacity.alpha)
    patchUV = each(2, max(1, capacity.patches) * ChunkSamples.patchSize)
    colour = FeatureRows(features: 3, capacity: capacity.colour)
    colourGradient = FeatureRows(features: 3, capacity: capacity.colour)
    bareColour = FeatureRows(features: 3, capacity: capacity.colour)
    bareGradient = FeatureRows(features: 3, capacity: capacity.colour)
    addedLight = FeatureRows(features: 3, capacity: capacity.colour)
    coarseLight = lightMean.map {
      CoarseLight(model, mean: $0, capacity: capacity.colour, precision: precision, kernels: kernels)
    }

    let most = max(capacity.mapped, capacity.residual, capacity.alpha)
    scratch = FeatureRows(features: max(3, layers.count), capacity: most)
    patchPosition = FeatureRows(features: 3, capacity: max(1, capacity.patches) * ChunkSamples.patchSize)
    textureInput = each(2, capacity.colour)
    residualInput = each(3, capacity.residual)
    alphaInput = FeatureRows(features: 3, capacity: capacity.alpha)
    textureFeatures = layers.map { FeatureRows(features: $0.textureGrid.outputs, capacity: capacity.colour) }
    residualFeatures = layers.map { FeatureRows(features: $0.residualGrid.outputs, capacity: capacity.residual) }
    alphaFeatures = FeatureRows(features: model.alphaGrid.outputs, capacity: capacity.alpha)
    inputGradient = FeatureRows(features: 2, capacity: capacity.colour)
    mappingNetworks = layers.map {
      $0.mapping.makeWorkspace(capacity: capacity.mapped, precision: precision, splitInput: true, kernels: kernels)
    }
    func field(_ network: MLP, _ points: Int) -> MLPWorkspace {
      network.makeWorkspace(capacity: points, precision: precision, kernels: kernels)
    }
    textureNetworks = layers.map { field($0.texture, capacity.colour) }
    residualNetworks = layers.map { field($0.residual, capacity.residual) }
    alphaNetwork = field(model.alpha, capacity.alpha)
  }
}

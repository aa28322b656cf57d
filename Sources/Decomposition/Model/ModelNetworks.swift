import NeuralField

/// The networks of a model and the places of their parameters, without the parameters.
public struct ModelNetworks: Sendable {
  struct Layer: Sendable {
    let mapping: MLP
    let textureGrid: HashGrid
    let texture: MLP
    let residualGrid: HashGrid
    let residual: MLP
  }

  public let layout: ParameterLayout
  /// In the order of the names.
  let layers: [Layer]
  let alphaGrid: HashGrid
  let alpha: MLP

  /// Every hash grid, in the order of the layout.
  public var grids: [HashGrid] { layers.flatMap { [$0.textureGrid, $0.residualGrid] } + [alphaGrid] }

  /// Weights and biases of all mappings.
  public var mappingTensors: [ParameterTensor] {
    layers.flatMap(\.mapping.layers).flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) }
  }

  /// Grids come first in the layout, so that all parameters of a group lie together.
  /// - Parameter layerNames: in the order of compositing, the background last.
  public init(_ configuration: ModelConfiguration, layerNames: [String]) {
    var layout = ParameterLayout()
    var grids: [(texture: HashGrid, residual: HashGrid)] = []
    for name in layerNames {
      let texture = HashGrid(configuration.textureGrid, dimensions: 2, name: "\(name).texture.grid", in: &layout)
      let residual = HashGrid(configuration.residualGrid, dimensions: 3, name: "\(name).residual.grid", in: &layout)
      grids.append((texture, residual))
    }
    alphaGrid = HashGrid(configuration.alphaGrid, dimensions: 3, name: "alpha.grid", in: &layout)
    func network(_ inputs: Int, _ width: Int, _ outputs: Int, _ name: String) -> MLP {
      MLP(
        inputs: inputs, width: width, hiddenLayers: configuration.hiddenLayers, outputs: outputs,
        biases: configuration.biases, name: name, in: &layout)
    }
    func field(_ grid: HashGrid, _ outputs: Int, _ name: String) -> MLP {
      network(grid.outputs, configuration.fieldWidth, outputs, name)
    }
    var layers: [Layer] = []
    for (name, grids) in zip(layerNames, grids) {
      layers.append(
        Layer(
          mapping: network(3, configuration.mappingWidth, 2, "\(name).mapping"), textureGrid: grids.texture,
          texture: field(grids.texture, 3, "\(name).texture"), residualGrid: grids.residual,
          residual: field(grids.residual, configuration.residualChannels, "\(name).residual")))
    }
    alpha = field(alphaGrid, layerNames.count - 1, "alpha")
    (self.layers, self.layout) = (layers, layout)
  }
}

import Decomposition
import NeuralField

/// The parts of a hypernetwork and their sizes, without their values.
struct HypernetworkLayout: Sendable {
  /// A tensor of the target network whose first `rows` values depend on the embedding.
  struct Part: Sendable {
    let tensor: ParameterTensor
    let rows: Int
    /// From the embedding to the coefficients.
    let trunk: MLP
  }

  let target: ParameterLayout
  /// The target's hash grids.
  let grids: [HashGrid]
  /// For each tensor of the target, how many of its values are learned: a prefix. The others keep their initial values.
  let learned: [Int]
  let parts: [Part]
  /// The parameters of all MLPs.
  let trunks: ParameterLayout

  /// The target's tensors, each with how many of its values are learned.
  var places: [(tensor: ParameterTensor, learned: Int)] {
    zip(target.tensors, learned).map { (tensor: $0, learned: $1) }
  }

  /// For each tensor of the target, how many of its learned values, from its start, mean the same in another layout with
  /// the same tensors: grids of other sizes agree in the levels that are the same in both.
  func sharedValues(with other: HypernetworkLayout) -> [Int] {
    zip(places, other.places).map { place, otherPlace in
      let learned = min(place.learned, otherPlace.learned)
      guard let grid = grids.first(where: { $0.table == place.tensor }),
        let otherGrid = other.grids.first(where: { $0.table == otherPlace.tensor })
      else { return learned }
      return min(learned, grid.sharedValues(with: otherGrid))
    }
  }

  init(_ configuration: HypernetworkConfiguration, model: ModelConfiguration, layerCount: Int, embeddingSize: Int) {
    let networks = ModelNetworks(model, layerNames: Self.layerNames(layerCount))
    (target, grids) = (networks.layout, networks.grids)
    var trunks = ParameterLayout()
    var parts: [Part] = []
    let mappings = networks.mappingTensors
    learned = target.tensors.map { tensor in
      if configuration.learned == .everything { return tensor.count }
      if mappings.contains(tensor) { return 0 }
      guard let grid = networks.grids.first(where: { $0.table == tensor }) else { return tensor.count }
      return configuration.learned == .common && grid.dimensions == 2 ? grid.denseValues : 0
    }
    for (tensor, learned) in zip(target.tensors, learned) {
      let rows = min(learned, Self.predictedValues(tensor, grids: grids, configuration.predictedGrids))
      guard rows > 0 else { continue }
      let trunk = MLP(
        inputs: embeddingSize, width: configuration.hiddenWidth,
        hiddenLayers: configuration.form == .full ? configuration.hiddenLayers - 1 : configuration.hiddenLayers,
        outputs: configuration.coefficients, name: tensor.name, in: &trunks)
      parts.append(Part(tensor: tensor, rows: rows, trunk: trunk))
    }
    (self.parts, self.trunks) = (parts, trunks)
  }

  /// What the layers of a target network are called here, whatever a clip calls them.
  static func layerNames(_ count: Int) -> [String] {
    (count == 2 ? ["foreground"] : (1..<count).map { "foreground\($0)" }) + ["background"]
  }

  /// How many of a tensor's values depend on the embedding.
  private static func predictedValues(
    _ tensor: ParameterTensor, grids: [HashGrid], _ choice: HypernetworkConfiguration.PredictedGrids
  ) -> Int {
    guard let grid = grids.first(where: { $0.table == tensor }) else { return tensor.count }
    return switch choice {
    case .all: tensor.count
    case .dense: grid.denseValues
    case .none: 0
    }
  }
}

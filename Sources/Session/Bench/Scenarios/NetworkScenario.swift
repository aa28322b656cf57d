import Decomposition
import NeuralField

/// The networks of the default preset and the paper's mapping, forward, and forward and backward, in both precisions.
public struct NetworkScenario: BenchScenario {
  public let name = "mlp"
  public let summary = "10,000 points through a mapping and a field network, forward alone and with gradients"

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let points = ChunkedPoints(request)
    let works = Network.all.flatMap { network in
      MLPPrecision.allCases.flatMap { precision in self.works(network, precision, points) }
    }
    return try BenchRounds(works, request, repetitions: request.repetitions ?? defaultRepetitions)
      .result(self, request)
  }

  /// Forward, then forward with backward; none where the kernels do not have the precision.
  private func works(_ network: Network, _ precision: MLPPrecision, _ points: ChunkedPoints) -> [BenchWork] {
    var layout = ParameterLayout()
    let mlp = MLP(
      inputs: network.inputs, width: network.width, hiddenLayers: 3, outputs: network.outputs, name: network.name,
      in: &layout)
    let parameters = AlignedBuffer(count: layout.count)
    var random = RandomSource(seed: 1)
    mlp.initialize(parameters.pointer, random: &random)
    let (lanes, capacity) = (points.runner.lanes, ChunkedPoints.chunkPoints)
    let workspaces = (0..<lanes).map { _ in
      mlp.makeWorkspace(capacity: capacity, precision: precision, splitInput: network.isMapping)
    }
    guard workspaces[0].precision == precision else { return [] }
    let gradients = (0..<lanes).map { _ in AlignedBuffer(count: layout.count) }
    let inputGradients = (0..<lanes).map { _ in FeatureRows(features: network.inputs, capacity: capacity) }
    let inputs = points.random(features: network.inputs, seed: 2)
    let outputGradients = points.random(features: network.outputs, seed: 3)

    let products = mlp.layers.reduce(0) { $0 + $1.inputs * $1.outputs }
    let forward = 2.0 * Double(products * points.count)
    // The gradient of the weights, and that of every layer's input; nobody wants that of a mapping's coordinates.
    let unwanted = network.isMapping ? 2.0 * Double(network.inputs * network.width * points.count) : 0
    let label = "\(network.name) \(precision == .single ? "f32" : "bf16")"
    return [
      BenchWork("\(label) forward", operations: forward) { _ in
        points.run { lane, chunk, count in
          mlp.forward(
            parameters.pointer, input: inputs[chunk], workspace: workspaces[lane], count: count, kernels: .active)
        }
      },
      BenchWork("\(label) forward+backward", operations: 3 * forward - unwanted) { _ in
        points.run { lane, chunk, count in
          mlp.forward(
            parameters.pointer, input: inputs[chunk], workspace: workspaces[lane], count: count, kernels: .active)
          mlp.backward(
            parameters.pointer, input: inputs[chunk], workspace: workspaces[lane],
            outputGradient: outputGradients[chunk], inputGradient: network.isMapping ? nil : inputGradients[lane],
            count: count, gradient: gradients[lane].pointer, kernels: .active)
        }
      },
    ]
  }

  private struct Network {
    let name: String
    let inputs: Int
    let width: Int
    let outputs: Int
    var isMapping: Bool { inputs == 3 }

    static let all = [
      Network(name: "mapping-256", inputs: 3, width: ModelConfiguration.paper.mappingWidth, outputs: 2),
      Network(name: "mapping-128", inputs: 3, width: ModelConfiguration.fast.mappingWidth, outputs: 2),
      Network(
        name: "field-64", inputs: 2 * ModelConfiguration.fast.textureGrid.levels,
        width: ModelConfiguration.fast.fieldWidth, outputs: 3),
    ]
  }
}

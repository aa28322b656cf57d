import Decomposition
import Hypernetwork
import NeuralField

/// What the paper's hypernetwork adds to an iteration of one video: predict all parameters, then one step of all its own.
public struct HypernetworkScenario: BenchScenario {
  public let name: String
  public let summary: String
  let precision: HeadPrecision

  public static let single = HypernetworkScenario(
    name: "hypernetwork", summary: "the full hypernetwork of the preset paper: prediction, and a step of Adam",
    precision: .single)
  public static let bfloat16 = HypernetworkScenario(
    name: "hypernetwork-bf16", summary: "the same with weights and moments in bf16", precision: .bfloat16)

  /// A weight is read to predict; with its two moments it is read and written in the step.
  private static let accessesPerWeight = 7.0

  public func run(_ request: BenchRequest) throws -> BenchResult {
    var configuration = HypernetworkConfiguration.full
    configuration.precision = precision
    var model = ModelConfiguration.paper
    for grid in [\ModelConfiguration.textureGrid, \.residualGrid, \.alphaGrid] {
      model[keyPath: grid].log2TableSize = request.log2TableSize
    }
    let network = Hypernetwork(configuration, model: model, layerCount: 2, threads: request.threads)
    try network.initialize(seed: 1)
    let optimiser = HypernetworkOptimiser(network, AdamConfiguration(), seed: 1)
    var random = RandomSource(seed: 2)
    let embedding = (0..<network.embeddingSize).map { _ in random.symmetric(1.7) }
    let (parameters, gradient) = (
      AlignedBuffer(count: network.target.count), AlignedBuffer(count: network.target.count)
    )
    let rates = HypernetworkRates(grid: 1e-2, network: 5e-4, headShare: 0.9, trunk: 1e-4)
    let bytes = Double(network.parameterCount * precision.byteCount)
    var prediction = network.predict(embedding, into: parameters)
    let works = [
      BenchWork("predict", bytes: bytes) { _ in prediction = network.predict(embedding, into: parameters) },
      BenchWork("step", bytes: bytes * (Self.accessesPerWeight - 1)) { _ in
        for index in 0..<gradient.count { gradient.pointer[index] = parameters.pointer[index] * 1e-3 }
        optimiser.update([prediction], gradients: [gradient], rates: rates)
      },
    ]
    return try BenchRounds(works, request, repetitions: request.repetitions ?? defaultRepetitions)
      .result(self, request)
  }
}

import Decomposition
import NeuralField
import Testing

@testable import Hypernetwork

@Suite struct HypernetworkTests {
  private func network(
    _ configuration: HypernetworkConfiguration, threads: Int = 2, layers: Int = 2
  ) throws -> Hypernetwork {
    let network = Hypernetwork(
      configuration, model: DecompositionConfiguration.small.model, layerCount: layers, embeddingSize: 9,
      threads: threads)
    try network.initialize(seed: 5)
    return network
  }

  private func predict(_ network: Hypernetwork, _ embedding: [Float]) -> (values: [Float], prediction: Prediction) {
    let parameters = AlignedBuffer(count: network.target.count)
    let prediction = network.predict(embedding, into: parameters)
    return (parameters.values, prediction)
  }

  private let embedding: [Float] = [1, -1, 0.5, 2, 0, -0.3, 0.7, -1.2, 0.1]

  /// The paper's count is one MLP a tensor, 33 for two layers without biases, and 65 values for each of the target: 290
  /// million for its 4.4 million. Ours has 4.0 million, since its grids are not padded.
  @Test func thePapersHypernetworkHasThePapersSize() {
    let layout = HypernetworkLayout(.full, model: .paper, layerCount: 2, embeddingSize: 768)
    #expect(layout.parts.count == 33)
    let heads = layout.parts.reduce(0) { $0 + $1.rows * 64 }
    let others = (layout.target.tensors + layout.trunks.tensors).reduce(0) { $0 + $1.count }
    #expect((255_000_000...265_000_000).contains(heads + others), "\(heads + others)")
  }

  @Test func theFactorisedFormTakesTensOfMegabytes() {
    for layers in [2, 3] {
      let configuration = HypernetworkConfiguration.preset(.factorised, for: .reptile)
      let layout = HypernetworkLayout(configuration, model: .fast, layerCount: layers, embeddingSize: 768)
      let heads = layout.parts.reduce(0) { $0 + $1.rows * configuration.rank }
      let values = (layout.target.tensors + layout.trunks.tensors).reduce(heads) { $0 + $1.count }
      #expect(values * 2 < layers * 25_000_000, "\(values)")
    }
  }

  @Test(arguments: HypernetworkConfiguration.Form.allCases, [2, 4])
  func theFirstPredictionIsNearlyTheInitialModel(form: HypernetworkConfiguration.Form, layers: Int) throws {
    let network = try network(.small(form), layers: layers)
    let values = predict(network, embedding).values
    for tensor in network.target.tensors {
      func size(_ value: (Int) -> Float) -> Float {
        (tensor.range.reduce(Float.zero) { $0 + value($1) * value($1) } / Float(tensor.count)).squareRoot()
      }
      let (start, change) = (size { network.shared[$0] }, size { values[$0] - network.shared[$0] })
      #expect(start > 0)
      #expect(change < 0.2 * start, "\(tensor.name): \(change) of \(start)")
    }
    #expect(predict(network, embedding.map { -$0 }).values != values)
  }

  @Test func universalGridsAreTheSameForAll() throws {
    var configuration = HypernetworkConfiguration.small(.factorised)
    configuration.predictedGrids = .none
    let network = try network(configuration)
    let values = predict(network, embedding).values
    for tensor in network.target.tensors {
      #expect(tensor.range.allSatisfy { values[$0] == network.shared[$0] } == (tensor.group == .grid), "\(tensor.name)")
    }
  }

  /// With gradient descent a prediction moves by exactly the rate times its gradient.
  @Test(arguments: HypernetworkConfiguration.Form.allCases, [Float(0), 0.5, 1])
  func aStepMovesThePredictionAsFarAsAsked(form: HypernetworkConfiguration.Form, share: Float) throws {
    let network = try network(.small(form))
    let (before, prediction) = predict(network, embedding)
    var random = RandomSource(seed: 4)
    let gradient = AlignedBuffer(count: network.target.count)
    for tensor in network.target.tensors { for index in tensor.range { gradient[index] = random.symmetric(1) } }
    let wanted = zip(before, gradient.values).map { $0 - 0.25 * $1 }
    HypernetworkOptimiser(network, .gradientDescent, seed: 0).update(
      [prediction], gradients: [gradient],
      rates: HypernetworkRates(grid: 0.25, network: 0.25, headShare: share, trunk: 0))
    let after = predict(network, embedding).values
    #expect(zip(after, wanted).allSatisfy { abs($0 - $1) < 2e-6 })
  }

  @Test(arguments: HeadPrecision.allCases)
  func stepsDoNotDependOnThreads(precision: HeadPrecision) throws {
    var configuration = HypernetworkConfiguration.small(.full)
    configuration.precision = precision
    let results = try [1, 3].map { threads in
      let network = try network(configuration, threads: threads)
      let optimiser = HypernetworkOptimiser(network, AdamConfiguration(), seed: 6)
      var random = RandomSource(seed: 4)
      for _ in 0..<3 {
        let predictions = [embedding, embedding.reversed()].map { predict(network, $0).prediction }
        let gradients = predictions.map { _ in AlignedBuffer(count: network.target.count) }
        for gradient in gradients { for index in 0..<gradient.count { gradient[index] = random.symmetric(1) } }
        optimiser.update(
          predictions, gradients: gradients,
          rates: HypernetworkRates(grid: 0.01, network: 0.001, headShare: 0.9, trunk: 1e-3))
      }
      return predict(network, embedding).values
    }
    #expect(results[0] == results[1])
    let areFinite = results[0].allSatisfy(\.isFinite)
    #expect(areFinite)
  }

  /// Low-rank terms learn targets that depend on the embedding, which b alone cannot.
  @Test(arguments: HeadPrecision.allCases)
  func differentVideosGetDifferentNetworks(precision: HeadPrecision) throws {
    var configuration = HypernetworkConfiguration.small(.factorised)
    configuration.precision = precision
    let network = try network(configuration)
    let optimiser = HypernetworkOptimiser(network, .gradientDescent, seed: 0)
    let videos = [embedding, embedding.map { -$0 }]
    func error() -> Float {
      zip(videos, [Float(1), -1]).reduce(Float.zero) { sum, video in
        let values = predict(network, video.0).values
        return sum
          + network.target.tensors.filter { $0.group == .network }.reduce(Float.zero) { total, tensor in
            total + tensor.range.reduce(Float.zero) { $0 + abs(values[$1] - video.1) } / Float(tensor.count)
          }
      }
    }
    let before = error()
    for round in 0..<60 {
      let (video, target) = (videos[round % 2], round.isMultiple(of: 2) ? Float(1) : -1)
      let (values, prediction) = predict(network, video)
      let gradient = AlignedBuffer(count: network.target.count)
      for tensor in network.target.tensors { for index in tensor.range { gradient[index] = values[index] - target } }
      optimiser.update(
        [prediction], gradients: [gradient],
        rates: HypernetworkRates(grid: 0.5, network: 0.5, headShare: 0.5, trunk: 1e-3))
    }
    #expect(error() < 0.1 * before, "\(before) -> \(error())")
  }
}

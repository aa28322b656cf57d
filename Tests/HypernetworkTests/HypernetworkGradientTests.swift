import Decomposition
import NeuralField
import Testing

@testable import Hypernetwork

/// Losses of a batch as a function of the hypernetwork's values: what its steps follow against central differences, through
/// hypernetwork and NVD model together.
@Suite struct HypernetworkGradientTests {
  @Test(arguments: HypernetworkConfiguration.Form.allCases, HypernetworkConfiguration.PredictedGrids.allCases)
  func stepsFollowTheGradient(
    form: HypernetworkConfiguration.Form, grids: HypernetworkConfiguration.PredictedGrids
  ) throws {
    // Residuals pass no gradient on to the mapping, so the mapping is checked where residuals do not depend on it.
    let compared =
      try check(form, grids, emptyResidualGrids: false) { !$0.contains(".mapping.") }
      + check(form, grids, emptyResidualGrids: true) { $0.contains(".mapping.") }
    #expect(compared > 60, "\(compared) tensors compared")
  }

  private func check(
    _ form: HypernetworkConfiguration.Form, _ grids: HypernetworkConfiguration.PredictedGrids,
    emptyResidualGrids: Bool, selects: (String) -> Bool
  ) throws -> Int {
    let problem = try Problem(form, grids, emptyResidualGrids: emptyResidualGrids)
    let gradients = problem.gradients()
    var compared = 0
    for (name, values, gradient) in gradients where selects(name) {
      let slope = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      guard slope > 1e-4 else { continue }
      compared += 1
      let direction = gradient.map { Double($0) / slope }
      let step = 1e-3
      let numeric = problem.centralDifference(values, direction, step: step)
      #expect(
        abs(numeric - slope) <= 0.05 * slope + 1e-7 * problem.value / step,
        "\(name): analytic \(slope), numeric \(numeric)")
    }
    return compared
  }
}

private final class Problem {
  let network: Hypernetwork
  let trainer: Trainer
  let embedding: [Float]
  var value = 0.0

  /// Values that can be set.
  struct Values {
    let count: Int
    let get: (Int) -> Float
    let set: (Int, Float) -> Void
  }

  init(
    _ form: HypernetworkConfiguration.Form, _ grids: HypernetworkConfiguration.PredictedGrids, emptyResidualGrids: Bool
  ) throws {
    var configuration = DecompositionConfiguration.small
    configuration.training.sampling.foregroundMargin = 1
    var weights = LossWeights()
    (weights.gradient, weights.flowMapping, weights.flowAlpha, weights.residualSmoothness) = (0, 0, 0, 0)
    (weights.rigidity, weights.globalRigidityForeground, weights.globalRigidityBackground) = (0, 0, 0)
    (weights.bare, weights.alphaRegularisation) = (2, 0)
    configuration.training.weights = weights
    // A light that is taken as given is no derivative.
    configuration.training.coarseLightLevels = 0
    var shape = HypernetworkConfiguration.small(form)
    shape.predictedGrids = grids
    network = Hypernetwork(shape, model: configuration.model, layerCount: 2, embeddingSize: 7, threads: 2)
    try network.initialize(seed: 3)
    var random = RandomSource(seed: 8)
    embedding = (0..<7).map { _ in random.symmetric(1.5) }
    // Far from the starting values, where everything has something to say.
    for tensor in network.target.tensors where tensor.group == .grid || tensor.name.contains("mapping.3") {
      let empty = emptyResidualGrids && tensor.name.hasSuffix("residual.grid")
      let limit: Float = tensor.group == .grid ? 0.5 : 0.1
      for index in tensor.range { network.shared[index] = empty ? 0 : random.symmetric(limit) }
      let part = network.predicted.first { $0.tensor == tensor }
      for index in 0..<(part?.head.weights.count ?? 0) {
        part?.head.weights[index] = empty ? 0 : random.symmetric(limit / 3)
      }
    }
    trainer = try Trainer(
      clip: try sceneClip(seed: 3), configuration: configuration, seed: 2, parameters: network.shared, threads: 2)
  }

  func loss(into gradient: AlignedBuffer) -> (Double, Prediction) {
    let prediction = network.predict(embedding, into: trainer.model.parameters)
    let terms = try? trainer.gradient(iteration: 0, progress: 0, into: gradient)
    return (terms?.total ?? .nan, prediction)
  }

  /// The gradients that a step reveals, tensor by tensor; the values are what they were before.
  func gradients() -> [(name: String, values: Values, gradient: [Float])] {
    let gradient = AlignedBuffer(count: network.target.count)
    let (value, prediction) = loss(into: gradient)
    self.value = value
    let (shared, trunk) = (network.shared.values, network.trunkParameters.values)
    let heads = network.predicted.map { part in (0..<part.head.weights.count).map { part.head.weights[$0] } }
    let optimiser = HypernetworkOptimiser(network, .gradientDescent, seed: 0)
    let rates = HypernetworkRates(grid: 1, network: 1, headShare: 0.5, trunk: 1e-9)
    optimiser.update([prediction], gradients: [gradient], rates: rates)

    var result: [(name: String, values: Values, gradient: [Float])] = []
    for tensor in network.target.tensors {
      // The part that W adds to moves by half of the rate, the rest by all of it.
      let rows = network.predicted.first { $0.tensor == tensor }?.head.rows ?? 0
      let slopes = tensor.range.map { (shared[$0] - network.shared[$0]) / ($0 < tensor.offset + rows ? 0.5 : 1) }
      result.append(("shared " + tensor.name, floats(network.shared, tensor.range), slopes))
    }
    for (index, part) in network.predicted.enumerated() {
      let h = (0..<part.head.columns).map { prediction.coefficients(index)[$0] }
      let rate = 0.5 / max(h.reduce(0) { $0 + $1 * $1 }, 1e-3)
      let weights = part.head.weights
      result.append(
        (
          "head " + part.tensor.name,
          Values(count: weights.count, get: { weights[$0] }, set: { weights[$0] = $1 }),
          (0..<weights.count).map { (heads[index][$0] - weights[$0]) / rate }
        ))
    }
    for tensor in network.layout.trunks.tensors {
      // After one step the first moment is a tenth of the gradient.
      result.append(
        (
          "trunk " + tensor.name, floats(network.trunkParameters, tensor.range),
          tensor.range.map { optimiser.trunk.firstMoment[$0] / 0.1 }
        ))
    }
    shared.withUnsafeBufferPointer { network.shared.copy(from: $0) }
    trunk.withUnsafeBufferPointer { network.trunkParameters.copy(from: $0) }
    for (part, values) in zip(network.predicted, heads) {
      for (index, value) in values.enumerated() { part.head.weights[index] = value }
    }
    return result
  }

  private func floats(_ buffer: AlignedBuffer, _ range: Range<Int>) -> Values {
    Values(
      count: range.count, get: { buffer[range.lowerBound + $0] }, set: { buffer[range.lowerBound + $0] = $1 })
  }

  func centralDifference(_ values: Values, _ direction: [Double], step: Double) -> Double {
    let gradient = AlignedBuffer(count: network.target.count)
    let original = (0..<values.count).map(values.get)
    func loss(at offset: Double) -> Double {
      for (index, value) in original.enumerated() {
        values.set(index, Float(Double(value) + offset * direction[index]))
      }
      return self.loss(into: gradient).0
    }
    let difference = (loss(at: step) - loss(at: -step)) / (2 * step)
    for (index, value) in original.enumerated() { values.set(index, value) }
    return difference
  }
}

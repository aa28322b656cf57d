import NeuralField
import Testing

@Suite struct MLPTests {
  @Test(arguments: [true, false])
  func namesAndShapes(biases: Bool) {
    var layout = ParameterLayout()
    _ = MLP(inputs: 3, width: 8, hiddenLayers: 3, outputs: 2, biases: biases, name: "net", in: &layout)
    let weights = layout.tensors.filter { $0.name.hasSuffix("weight") }
    #expect(weights.map(\.shape) == [[8, 3], [8, 8], [8, 8], [2, 8]])
    #expect(layout.tensors.count == (biases ? 8 : 4))
    #expect(layout.tensor(named: "net.3.weight")?.group == .network)
  }

  /// Weights, biases and inputs against central differences of the sum of weighted outputs.
  @Test func gradients() {
    var layout = ParameterLayout()
    let net = MLP(inputs: 3, width: 7, hiddenLayers: 2, outputs: 2, name: "net", in: &layout)
    let parameters = AlignedBuffer(count: layout.count)
    var random = RandomSource(seed: 4)
    net.initialize(parameters.pointer, random: &random)
    let count = 5
    let input = FeatureRows(features: 3, capacity: count)
    let slope = FeatureRows(features: 2, capacity: count)
    for m in 0..<count {
      for k in 0..<3 { input[k][m] = random.symmetric(1) }
      for k in 0..<2 { slope[k][m] = random.symmetric(1) }
    }
    let workspace = net.makeWorkspace(capacity: count)
    func loss() -> Double {
      net.forward(parameters.pointer, input: input, workspace: workspace, count: count, kernels: .active)
      return (0..<2).reduce(0.0) { sum, k in
        (0..<count).reduce(sum) { $0 + Double(slope[k][$1] * workspace.output[k][$1]) }
      }
    }
    _ = loss()
    let gradient = AlignedBuffer(count: layout.count)
    let inputGradient = FeatureRows(features: 3, capacity: count)
    net.backward(
      parameters.pointer, input: input, workspace: workspace, outputGradient: slope, inputGradient: inputGradient,
      count: count, gradient: gradient.pointer, kernels: .active)

    func check(_ value: UnsafeMutablePointer<Float>, _ expected: Float, _ what: String) {
      let original = value.pointee
      let step: Float = 1e-3
      value.pointee = original + step
      let above = loss()
      value.pointee = original - step
      let below = loss()
      value.pointee = original
      let numeric = Float((above - below) / Double(2 * step))
      #expect(abs(numeric - expected) < 0.01 * abs(expected) + 1e-3, "\(what): \(expected), numeric \(numeric)")
    }
    for tensor in layout.tensors {
      for index in tensor.range { check(parameters.pointer + index, gradient[index], "\(tensor.name)[\(index)]") }
    }
    for k in 0..<3 { for m in 0..<count { check(input[k] + m, inputGradient[k][m], "input \(k), \(m)") } }
  }

  /// Where a set has no bf16 products, `.bfloat16` gives the bits of `.single`; where it has, nearly its numbers.
  @Test(arguments: [Kernels.active, .reference]) func bfloat16(kernels: Kernels) {
    var layout = ParameterLayout()
    let net = MLP(inputs: 3, width: 64, hiddenLayers: 3, outputs: 2, name: "net", in: &layout)
    let parameters = AlignedBuffer(count: layout.count)
    var random = RandomSource(seed: 5)
    net.initialize(parameters.pointer, random: &random)
    let count = 301
    let input = FeatureRows(features: 3, capacity: count)
    let slope = FeatureRows(features: 2, capacity: count)
    for m in 0..<count {
      for k in 0..<3 { input[k][m] = random.symmetric(1) }
      for k in 0..<2 { slope[k][m] = random.symmetric(1) }
    }
    func results(_ precision: MLPPrecision) -> [[Float]] {
      let workspace = net.makeWorkspace(capacity: count, precision: precision, splitInput: true, kernels: kernels)
      #expect(workspace.precision == (kernels.hasBFloat16 ? precision : .single))
      let gradient = AlignedBuffer(count: layout.count)
      let inputGradient = FeatureRows(features: 3, capacity: count)
      net.forward(parameters.pointer, input: input, workspace: workspace, count: count, kernels: kernels)
      net.backward(
        parameters.pointer, input: input, workspace: workspace, outputGradient: slope, inputGradient: inputGradient,
        count: count, gradient: gradient.pointer, kernels: kernels)
      func values(_ rows: FeatureRows, _ features: Int) -> [Float] {
        (0..<features).flatMap { feature in (0..<count).map { rows[feature][$0] } }
      }
      return [values(workspace.output, 2), values(inputGradient, 3), gradient.values]
    }
    for (single, rounded) in zip(results(.single), results(.bfloat16)) {
      guard kernels.hasBFloat16 else {
        #expect(single == rounded)
        continue
      }
      let difference = zip(single, rounded).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
      let scale = single.reduce(0.0) { $0 + Double($1 * $1) }
      let error = (difference / scale).squareRoot()
      #expect(error > 1e-6 && error < 0.05, "\(error)")
    }
  }
}

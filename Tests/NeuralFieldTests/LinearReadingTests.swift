import Testing

@testable import NeuralField

@Suite struct LinearReadingTests {
  private let reading = LinearReading(rows: [[0.5, -0.25, 0, 1], [0.125, 0.5, -2, 0]])

  @Test(arguments: [true, false]) func aNetworkThatIsZeroButForItGivesAx(biases: Bool) {
    var layout = ParameterLayout()
    let net = MLP(inputs: 4, width: 5, hiddenLayers: 3, outputs: 2, biases: biases, name: "net", in: &layout)
    let parameters = AlignedBuffer(count: layout.count)
    net.begin(reading: reading, parameters.pointer)
    let offset: Float = 0.375
    if let bias = net.layers.last?.bias { for index in bias.range { parameters[index] = offset } }
    let count = 40
    let input = FeatureRows(features: 4, capacity: count)
    var random = RandomSource(seed: 3)
    for k in 0..<4 { for m in 0..<count { input[k][m] = random.symmetric(2) } }
    let workspace = net.makeWorkspace(capacity: count)
    net.forward(parameters.pointer, input: input, workspace: workspace, count: count, kernels: .active)
    for (output, row) in reading.rows.enumerated() {
      for m in 0..<count {
        let expected = row.indices.reduce(biases ? offset : 0) { $0 + row[$1] * input[$1][m] }
        #expect(abs(workspace.output[output][m] - expected) < 1e-5)
      }
    }
  }

  /// What the way needs is its units' incoming weights and biases, and the outputs' weights from them; all else stays.
  @Test func theOtherUnitsKeepTheirValues() {
    var layout = ParameterLayout()
    let net = MLP(inputs: 4, width: 7, hiddenLayers: 2, outputs: 2, name: "net", in: &layout)
    let parameters = AlignedBuffer(count: layout.count)
    var random = RandomSource(seed: 4)
    net.initialize(parameters.pointer, random: &random)
    let before = parameters.values
    net.begin(reading: reading, parameters.pointer)
    let carriers = 4
    for (index, layer) in net.layers.enumerated() {
      let isLast = index == net.layers.count - 1
      for row in 0..<layer.outputs {
        for column in 0..<layer.inputs {
          let mayMove = isLast ? column < carriers : row < carriers
          let place = layer.weight.offset + row * layer.inputs + column
          #expect(mayMove || parameters[place] == before[place], "layer \(index), row \(row), column \(column)")
        }
        guard let bias = layer.bias else { continue }
        let expected = !isLast && row < carriers ? 0 : before[bias.offset + row]
        #expect(parameters[bias.offset + row] == expected, "layer \(index), bias \(row)")
      }
    }
  }

  /// Orthogonal columns, the same column twice, and one that is 0: the outputs that a level can say come back.
  @Test func coefficientsInvertALevel() {
    let rows: [[Float]] = [[0.5, 0.5, 0.25, 0.25, 0, 1], [0.5, -0.5, -0.5, -0.5, 0, 2]]
    let reading = LinearReading(rows: rows)
    for level in 0..<3 {
      let coefficients = reading.coefficients(level: level)
      for features in [[Float(0.75), -2], [1, 1], [0, 3]] {
        func outputs(_ x: [Float]) -> [Float] { rows.map { $0[2 * level] * x[0] + $0[2 * level + 1] * x[1] } }
        let wanted = outputs(features)
        let found = outputs(coefficients.map { zip($0, wanted).reduce(0) { $0 + $1.0 * $1.1 } })
        #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "level \(level): \(found), \(wanted)")
      }
    }
  }
}

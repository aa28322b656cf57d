import NeuralField
import Testing

@Suite struct AdamTests {
  /// On a quadratic Adam comes to rest at the minimum; the first step is the rate itself, whatever the gradient's size.
  @Test func findsTheMinimumOfAQuadratic() {
    var layout = ParameterLayout()
    let tensor = layout.add("x", shape: [3], group: .network)
    let frozen = layout.add("grid", shape: [2], group: .grid)
    let parameters = AlignedBuffer(count: layout.count)
    let adam = Adam(AdamConfiguration(), layout: layout)
    let goal: [Float] = [1, -2, 0.5]
    for step in 0..<2000 {
      let gradients = (0..<2).map { _ in AlignedBuffer(count: layout.count) }
      for (i, index) in tensor.range.enumerated() {
        gradients[i % 2][index] = 2 * (parameters[index] - goal[i])
      }
      adam.update(
        parameters, gradients: gradients, rates: [.network: 0.01], runner: LaneRunner(lanes: 2), kernels: .active)
      if step == 0 { #expect(abs(parameters[tensor.offset] - 0.01) < 1e-5) }
      #expect(gradients.allSatisfy { $0.values.allSatisfy { $0 == 0 } }, "gradients are zeroed")
    }
    for (i, index) in tensor.range.enumerated() { #expect(abs(parameters[index] - goal[i]) < 1e-2) }
    for index in frozen.range { #expect(parameters[index] == 0, "a group without a rate stays") }
  }
}

import NeuralField
import Testing

@Suite struct AdamTests {
  /// On a quadratic Adam comes to rest at the minimum; the first step is the rate itself, whatever the gradient's size.
  @Test func findsTheMinimumOfAQuadratic() {
    var layout = ParameterLayout()
    let frozen = layout.add("grid", shape: [2], group: .grid)
    let tensor = layout.add("x", shape: [3], group: .network)
    let parameters = AlignedBuffer(count: layout.count)
    let adam = Adam(AdamConfiguration(), layout: layout)
    let goal: [Float] = [1, -2, 0.5]
    let gradients = (0..<2).map { _ in PartialGradient(range: layout.range(of: .network)) }
    for step in 0..<2000 {
      for (i, index) in tensor.range.enumerated() {
        gradients[i % 2].base[index] = 2 * (parameters[index] - goal[i])
      }
      adam.beginStep()
      adam.update(
        parameters, range: layout.range(of: .network), gradients: gradients.map(\.start), rate: 0.01, kernels: .active)
      if step == 0 { #expect(abs(parameters[tensor.offset] - 0.01) < 1e-5) }
      for gradient in gradients { for index in tensor.range { #expect(gradient.base[index] == 0, "zeroed") } }
    }
    for (i, index) in tensor.range.enumerated() { #expect(abs(parameters[index] - goal[i]) < 1e-2) }
    for index in frozen.range { #expect(parameters[index] == 0, "what is outside the range stays") }
  }
}

import NeuralField
import Testing

@Suite struct ParameterLayoutTests {
  @Test func tensorsStartOn64Bytes() {
    var layout = ParameterLayout()
    layout.add("a", shape: [3, 5], group: .grid)
    let second = layout.add("b", shape: [2], group: .network)
    #expect(second.offset == 16)
    #expect(layout.count == 32)
  }

  @Test func rangesOfGroups() {
    var layout = ParameterLayout()
    layout.add("a", shape: [20], group: .grid)
    layout.add("b", shape: [20], group: .grid)
    layout.add("c", shape: [20], group: .network)
    #expect(layout.range(of: .grid) == 0..<64)
    #expect(layout.range(of: .network) == 64..<96)
    #expect(layout.count == 96)
  }
}

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

  @Test func groupRangesCoverTheBufferOnce() {
    var layout = ParameterLayout()
    layout.add("a", shape: [20], group: .grid)
    layout.add("b", shape: [20], group: .grid)
    layout.add("c", shape: [20], group: .network)
    let ranges = layout.groupRanges
    #expect(ranges.map(\.group) == [.grid, .network])
    #expect(ranges.map(\.range) == [0..<64, 64..<96])
    #expect(layout.count == 96)
  }
}

import NeuralField
import Testing

@Suite struct HashGridTests {
  /// The two published settings: 454 cells at the finest level with growth 1.25; 1.38 comes to 2005, near 2048.
  @Test func finestResolutions() {
    #expect(HashGridConfiguration(growth: 1.25).resolution(level: 15) == 454)
    #expect(HashGridConfiguration(growth: 1.38).resolution(level: 15) == 2005)
    #expect(HashGridConfiguration().resolution(level: 0) == 16)
  }

  @Test func tableHoldsDenseLevelsWholeAndHashedOnesAtTheLimit() {
    var layout = ParameterLayout()
    let small = HashGridConfiguration(levels: 3, baseResolution: 4, growth: 2, log2TableSize: 6)
    // 5^2 = 25 vertices fit 64 entries; 9^2 = 81 and 17^2 do not.
    let grid = HashGrid(small, dimensions: 2, name: "grid", in: &layout)
    #expect(grid.table.shape == [25 + 64 + 64, 2])
    #expect(grid.outputs == 6)
  }

  /// At a vertex of a dense level the features are the table's entry itself.
  @Test func interpolatesBetweenVertices() {
    var layout = ParameterLayout()
    let configuration = HashGridConfiguration(levels: 1, baseResolution: 4, growth: 2, log2TableSize: 10)
    let grid = HashGrid(configuration, dimensions: 2, name: "grid", in: &layout)
    let parameters = AlignedBuffer(count: layout.count)
    for index in grid.table.range { parameters[index] = Float(index) }
    let input = FeatureRows(features: 2, capacity: 3)
    let output = FeatureRows(features: 2, capacity: 3)
    for (m, point) in [(0.25, 0.5), (0.375, 0.5), (1.0, 1.0)].enumerated() {
      input[0][m] = Float(point.0)
      input[1][m] = Float(point.1)
    }
    grid.encode(parameters.pointer, input: input, output: output, count: 3, kernels: .active)
    // Vertex (1, 2) is entry 1 + 5 * 2 = 11, features 22 and 23; halfway to (2, 2) they are 23 and 24.
    #expect(output[0][0] == 22 && output[1][0] == 23)
    #expect(output[0][1] == 23 && output[1][1] == 24)
    #expect(output[0][2] == 48 && output[1][2] == 49)
  }
}

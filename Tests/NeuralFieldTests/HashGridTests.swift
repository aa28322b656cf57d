import Testing

@testable import NeuralField

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

  /// One level alone gives the rows of all levels together, and its gradient is theirs.
  @Test func aLevelAloneIsThatOfAll() {
    var layout = ParameterLayout()
    let configuration = HashGridConfiguration(levels: 3, baseResolution: 4, growth: 2, log2TableSize: 6)
    let grid = HashGrid(configuration, dimensions: 3, name: "grid", in: &layout)
    let parameters = AlignedBuffer(count: layout.count)
    var random = RandomSource(seed: 6)
    for index in grid.table.range { parameters[index] = random.symmetric(1) }
    let count = 50
    let input = FeatureRows(features: 3, capacity: count)
    let slopes = FeatureRows(features: 6, capacity: count)
    for m in 0..<count {
      for axis in 0..<3 { input[axis][m] = 0.5 + random.symmetric(0.5) }
      for row in 0..<6 { slopes[row][m] = random.symmetric(1) }
    }
    let all = FeatureRows(features: 6, capacity: count)
    let one = FeatureRows(features: 2, capacity: count)
    grid.encode(parameters.pointer, input: input, output: all, count: count, kernels: .active)
    for level in 0..<3 {
      for points in [0..<16, 16..<count] {
        grid.encode(level: level, parameters.pointer, input: input, output: one, points: points, kernels: .active)
      }
      for feature in 0..<2 {
        for m in 0..<count { #expect(one[feature][m] == all[2 * level + feature][m]) }
      }
      let together = AlignedBuffer(count: grid.range(level: level).count)
      let alone = AlignedBuffer(count: together.count)
      grid.scatter(
        level: level, input: input, outputGradient: slopes, count: count, gradient: together.pointer, kernels: .active)
      for m in 0..<count { (one[0][m], one[1][m]) = (slopes[2 * level][m], slopes[2 * level + 1][m]) }
      grid.scatter(
        level: level, input: input, featureGradient: one.pointer, stride: one.stride, count: count,
        gradient: alone.pointer, kernels: .active)
      #expect(together.values == alone.values && together.values.contains { $0 != 0 })
    }
  }
}

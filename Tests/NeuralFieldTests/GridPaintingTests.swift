import Foundation
import Testing

@testable import NeuralField

@Suite struct GridPaintingTests {
  private static let configuration = HashGridConfiguration(levels: 4, baseResolution: 4, growth: 2, log2TableSize: 11)
  private let reading = LinearReading(
    rows: (0..<3).map { channel in (0..<8).map { $0 % 2 == 0 ? 0.25 : [0.25, 0, -0.25][channel] } })

  /// Three colours: brightness and red against blue, which the reading can say, in waves of two lengths.
  private func scene(count: Int) -> (input: FeatureRows, target: FeatureRows) {
    let input = FeatureRows(features: 2, capacity: count)
    let target = FeatureRows(features: 3, capacity: count)
    var random = RandomSource(seed: 8)
    for m in 0..<count {
      for axis in 0..<2 { input[axis][m] = 0.5 + random.symmetric(0.5) }
      let bright = sinf(6 * input[0][m]) * cosf(5 * input[1][m]) + 0.3 * sinf(25 * input[0][m])
      let opponent = sinf(4 * input[1][m])
      for channel in 0..<3 { target[channel][m] = bright + Float(1 - channel) * opponent }
    }
    return (input, target)
  }

  private func energy(_ rows: FeatureRows, count: Int) -> Double {
    (0..<3).reduce(0.0) { sum, channel in (0..<count).reduce(sum) { $0 + pow(Double(rows[channel][$1]), 2) } }
  }

  @Test func whatTheNetworkReadsIsTheTargetAndWhatIsMissingIsSaid() {
    var layout = ParameterLayout()
    let grid = HashGrid(Self.configuration, dimensions: 2, name: "grid", in: &layout)
    #expect(grid.denseLevels == 4)
    let parameters = AlignedBuffer(count: layout.count)
    let count = 20_000
    let (input, missing) = scene(count: count)
    let wanted = scene(count: count).target
    let before = energy(missing, count: count)
    GridPainting(grid: grid, reading: reading).paint(
      levels: 4, parameters, input: input, target: missing, count: count, runner: LaneRunner(lanes: 2),
      kernels: .active)
    #expect(energy(missing, count: count) < 0.003 * before)
    let features = FeatureRows(features: grid.outputs, capacity: count)
    grid.encode(parameters.pointer, input: input, output: features, count: count, kernels: .active)
    for (channel, row) in reading.rows.enumerated() {
      for m in stride(from: 0, to: count, by: 97) {
        let read = row.indices.reduce(Float(0)) { $0 + row[$1] * features[$1][m] }
        #expect(abs(read + missing[channel][m] - wanted[channel][m]) < 1e-4)
      }
    }
  }

  /// `k` points on one vertex of one level give it k / (k + 1/2) of their value; a place that nobody sees stays 0.
  @Test func anEntryIsTheMeanOfItsPointsPulledToZero() {
    var layout = ParameterLayout()
    let one = HashGridConfiguration(levels: 1, baseResolution: 4, growth: 2, log2TableSize: 10)
    let grid = HashGrid(one, dimensions: 2, name: "grid", in: &layout)
    let parameters = AlignedBuffer(count: layout.count)
    let input = FeatureRows(features: 2, capacity: 3)
    let target = FeatureRows(features: 1, capacity: 3)
    for (m, value) in [Float(1), 2, 3].enumerated() {
      (input[0][m], input[1][m], target[0][m]) = (0.25, 0.5, value)
    }
    GridPainting(grid: grid, reading: LinearReading(rows: [[0.5, 0]])).paint(
      levels: 1, parameters, input: input, target: target, count: 3, runner: LaneRunner(lanes: 1), kernels: .active)
    // Vertex (1, 2) is entry 11: the mean 2 over .5, times 3 / 3.5.
    let entry = grid.table.offset + 22
    #expect(abs(parameters[entry] - 4 * 3 / 3.5) < 1e-5)
    for index in grid.table.range where index != entry { #expect(parameters[index] == 0) }
  }

  private func hashed(_ layout: inout ParameterLayout) -> HashGrid {
    let configuration = HashGridConfiguration(levels: 4, baseResolution: 4, growth: 2, log2TableSize: 7)
    return HashGrid(configuration, dimensions: 2, name: "grid", in: &layout)
  }

  @Test func levelsThatAreNotAskedForStayAsTheyAre() {
    var layout = ParameterLayout()
    let grid = hashed(&layout)
    let parameters = AlignedBuffer(count: layout.count)
    for index in grid.table.range { parameters[index] = 0.5 }
    let (input, target) = scene(count: 500)
    #expect(grid.denseLevels == 2)
    GridPainting(grid: grid, reading: reading).paint(
      levels: 2, parameters, input: input, target: target, count: 500, runner: LaneRunner(lanes: 1), kernels: .active)
    #expect(grid.table.range.prefix(grid.denseValues).contains { parameters[$0] != 0.5 })
    #expect(grid.table.range.dropFirst(grid.denseValues).allSatisfy { parameters[$0] == 0.5 })
  }

  /// Hashed levels are shared by several places, and still say something; what is missing is still said exactly.
  @Test func hashedLevelsHoldWhatTheirPlacesShareWithAnyNumberOfThreads() {
    var layout = ParameterLayout()
    let grid = hashed(&layout)
    let count = 5003
    func painted(levels: Int, lanes: Int) -> (parameters: AlignedBuffer, missing: FeatureRows) {
      let parameters = AlignedBuffer(count: layout.count)
      let (input, missing) = scene(count: count)
      GridPainting(grid: grid, reading: reading).paint(
        levels: levels, parameters, input: input, target: missing, count: count, runner: LaneRunner(lanes: lanes),
        kernels: .active)
      return (parameters, missing)
    }
    let (dense, all, alone) = (painted(levels: 2, lanes: 2), painted(levels: 4, lanes: 3), painted(levels: 4, lanes: 1))
    #expect(energy(all.missing, count: count) < 0.8 * energy(dense.missing, count: count))
    #expect(all.parameters.values == alone.parameters.values)
    let (input, wanted) = scene(count: count)
    let features = FeatureRows(features: grid.outputs, capacity: count)
    grid.encode(all.parameters.pointer, input: input, output: features, count: count, kernels: .active)
    for (channel, row) in reading.rows.enumerated() {
      for m in 0..<count {
        let read = row.indices.reduce(Float(0)) { $0 + row[$1] * features[$1][m] }
        #expect(abs(read + all.missing[channel][m] - wanted[channel][m]) < 1e-4)
      }
    }
  }
}

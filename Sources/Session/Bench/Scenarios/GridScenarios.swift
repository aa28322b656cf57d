import Decomposition
import NeuralField

/// Features of the default preset's grids at random points.
public struct EncodeScenario: BenchScenario {
  public let name = "encode"
  public let summary = "features of 10,000 points in the default preset's texture, residual and alpha grids"

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let points = ChunkedPoints(request)
    let bench = BenchGrids(points)
    let works = bench.grids.enumerated().map { index, grid in
      let outputs = (0..<request.threads).map { _ in
        FeatureRows(features: grid.outputs, capacity: ChunkedPoints.chunkPoints)
      }
      return BenchWork(bench.names[index], bytes: bench.bytes(index)) { _ in
        points.run { lane, chunk, count in
          grid.encode(
            bench.parameters.pointer, input: bench.inputs[index][chunk], output: outputs[lane], count: count,
            kernels: .active)
        }
      }
    }
    return try BenchRounds(works, request, repetitions: request.repetitions ?? defaultRepetitions)
      .result(self, request)
  }
}

/// Gradients of features added up in the tables, level by level as in training.
public struct ScatterScenario: BenchScenario {
  public let name = "scatter"
  public let summary = "gradients of 10,000 points added to the tables of the same grids, level by level"

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let points = ChunkedPoints(request)
    let bench = BenchGrids(points)
    let works = bench.grids.enumerated().map { index, grid in
      let gradients = points.random(features: grid.outputs, seed: 3)
      let levels = grid.configuration.levels
      let tables = (0..<levels).map { AlignedBuffer(count: grid.range(level: $0).count) }
      return BenchWork(bench.names[index], bytes: 2 * bench.bytes(index)) { _ in
        points.runner.run(chunks: levels) { _, level in
          for chunk in 0..<points.chunks {
            grid.scatter(
              level: level, input: bench.inputs[index][chunk], outputGradient: gradients[chunk],
              count: min(ChunkedPoints.chunkPoints, points.count - chunk * ChunkedPoints.chunkPoints),
              gradient: tables[level].pointer, kernels: .active)
          }
        }
      }
    }
    return try BenchRounds(works, request, repetitions: request.repetitions ?? defaultRepetitions)
      .result(self, request)
  }
}

/// The grids of one layer of the default preset, with places to look up.
private struct BenchGrids: Sendable {
  let names = ["texture", "residual", "alpha"]
  let grids: [HashGrid]
  let parameters: AlignedBuffer
  /// For every grid and chunk.
  let inputs: [[FeatureRows]]
  private let points: Int

  init(_ chunks: ChunkedPoints) {
    let model = ModelConfiguration.fast
    var layout = ParameterLayout()
    let grids = [
      HashGrid(model.textureGrid, dimensions: 2, name: "texture.grid", in: &layout),
      HashGrid(model.residualGrid, dimensions: 3, name: "residual.grid", in: &layout),
      HashGrid(model.alphaGrid, dimensions: 3, name: "alpha.grid", in: &layout),
    ]
    parameters = AlignedBuffer(count: layout.count)
    var random = RandomSource(seed: 1)
    for grid in grids { grid.initialize(parameters.pointer, random: &random) }
    inputs = grids.map { chunks.random(features: $0.dimensions, seed: 2) }
    self.grids = grids
    points = chunks.count
  }

  /// Bytes of the table's entries that all points look at: two floats at every corner of a cell of every level.
  func bytes(_ index: Int) -> Double {
    let grid = grids[index]
    return Double(points * grid.configuration.levels * (1 << grid.dimensions) * 8)
  }
}

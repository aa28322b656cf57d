import CKernels
import Foundation
import Testing

/// A grid with dense and hashed levels, a table of features, and points of [0, 1]^dims with the corners among them.
private struct GridCase: CustomStringConvertible {
  let dims: Int
  let levels: [ck_grid_level]
  let table: Matrix
  let x: Matrix
  let dout: Matrix

  var description: String { "dims \(dims), \(levels.count) levels, M \(x.columns)" }

  /// A dense level, one clipped to its entries, and hashed ones; places that no level owns lie between them.
  init(dims: Int, points: Int, levelCount: Int = 4, using generator: inout SeededGenerator) {
    self.dims = dims
    var offset: UInt32 = 3
    let kinds: [(UInt32, UInt32, UInt32)] = [(2, 64, 1), (4, 20, 1), (9, 64, 0), (37, 256, 0)]
    levels = kinds.prefix(levelCount).map { resolution, entries, dense in
      defer { offset += entries + 2 }
      return ck_grid_level(resolution: resolution, entries: entries, dense: dense, offset: offset)
    }
    table = Matrix(1, 2 * Int(offset)) { _, _ in generator.float() }
    x = Matrix(random: dims, points, using: &generator).map { ($0 + 1) / 2 }
    for (point, value) in [Float(0), 1, 0.5].enumerated() where point < points {
      for d in 0..<dims { x[d, point] = value }
    }
    dout = Matrix(random: 2 * levelCount, points, using: &generator)
  }

  func withGrid<Result>(_ body: (UnsafePointer<ck_grid>) -> Result) -> Result {
    levels.withUnsafeBufferPointer { buffer in
      var grid = ck_grid(dims: UInt32(dims), levels: UInt32(levels.count), level: buffer.baseAddress)
      return body(&grid)
    }
  }

  func encode(_ set: KernelSet, table: Matrix, x: Matrix, into out: Matrix) {
    withGrid { set.kernels.grid_encode($0, table.pointer, x.columns, x.pointer, x.stride, out.pointer, out.stride) }
  }

  func scatter(_ set: KernelSet, dout: Matrix, into dtable: Matrix) {
    withGrid {
      set.kernels.grid_scatter($0, x.columns, x.pointer, x.stride, dout.pointer, dout.stride, dtable.pointer)
    }
  }

  func slope(_ set: KernelSet, into dx: Matrix) {
    withGrid {
      set.kernels.grid_slope(
        $0, table.pointer, x.columns, x.pointer, x.stride, dout.pointer, dout.stride, dx.pointer, dx.stride)
    }
  }
}

@Suite("Hash grid kernels") struct GridKernelTests {
  private static func cases(using generator: inout SeededGenerator) -> [GridCase] {
    let counts = Array(0...40) + [64, 255, 300]
    return [2, 3].flatMap { dims in counts.map { GridCase(dims: dims, points: $0, using: &generator) } }
      + [2, 3].map { GridCase(dims: $0, points: 20, levelCount: 0, using: &generator) }
  }

  @Test("Encoding equals the reference", arguments: kernelSets)
  func encode(set: KernelSet) {
    var generator = SeededGenerator(state: 11)
    var problems: [String] = []
    for grid in Self.cases(using: &generator) {
      let out = Matrix(output: 2 * grid.levels.count, grid.x.columns, using: &generator)
      let wanted = out.copy()
      grid.encode(set, table: grid.table, x: grid.x, into: out)
      grid.encode(reference, table: grid.table, x: grid.x, into: wanted)
      problems += report(set, "\(grid)", out.differences(from: wanted, tolerance: 2e-6, "out"))
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test("The adjoints equal the reference and accumulate", arguments: kernelSets)
  func adjoints(set: KernelSet) {
    var generator = SeededGenerator(state: 12)
    var problems: [String] = []
    for grid in Self.cases(using: &generator) {
      let dtable = grid.table.map { $0 / 2 }
      let (wanted, scale) = (dtable.copy(), dtable.map(abs))
      grid.scatter(set, dout: grid.dout, into: dtable)
      grid.scatter(reference, dout: grid.dout, into: wanted)
      grid.scatter(reference, dout: grid.dout.map(abs), into: scale)
      problems += report(set, "\(grid)", dtable.differences(from: wanted, scale: scale, "dtable"))
      let dx = Matrix(output: grid.dims, grid.x.columns, using: &generator)
      let wantedDX = dx.copy()
      grid.slope(set, into: dx)
      grid.slope(reference, into: wantedDX)
      // A derivative is a difference of features times the resolution, at most 37 here.
      let slopeScale = wantedDX.map { _ in 100 }
      problems += report(set, "\(grid)", dx.differences(from: wantedDX, scale: slopeScale, tolerance: 2e-6, "dx"))
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test("<dout, encode(table)> = <adjoint(dout), table>", arguments: kernelSets, [2, 3])
  func adjoint(set: KernelSet, dims: Int) {
    var generator = SeededGenerator(state: 13)
    let grid = GridCase(dims: dims, points: 117, using: &generator)
    let out = Matrix(output: 8, 117, using: &generator)
    let dtable = grid.table.map { _ in 0 }
    grid.encode(set, table: grid.table, x: grid.x, into: out)
    grid.scatter(set, dout: grid.dout, into: dtable)
    var (left, right) = (0.0, 0.0)
    for row in 0..<8 { for m in 0..<117 { left += Double(out[row, m]) * Double(grid.dout[row, m]) } }
    for i in 0..<grid.table.columns { right += Double(dtable[0, i]) * Double(grid.table[0, i]) }
    #expect(abs(left - right) < 1e-4 * (1 + abs(left)))
  }

  @Test("The derivative by the coordinates is the slope of the encoding", arguments: kernelSets, [2, 3])
  func finiteDifferences(set: KernelSet, dims: Int) {
    var generator = SeededGenerator(state: 14)
    let grid = GridCase(dims: dims, points: 90, using: &generator)
    let dx = Matrix(output: dims, 90, using: &generator)
    grid.slope(set, into: dx)
    let step: Float = 1.0 / 1024
    var compared = 0
    for d in 0..<dims {
      let (ahead, behind) = (grid.x.copy(), grid.x.copy())
      for m in 0..<90 {
        ahead[d, m] += step
        behind[d, m] -= step
      }
      let (high, low) = (Matrix(8, 90) { _, _ in 0 }, Matrix(8, 90) { _, _ in 0 })
      grid.encode(set, table: grid.table, x: ahead, into: high)
      grid.encode(set, table: grid.table, x: behind, into: low)
      for m in 0..<90 {
        // Inside a cell the encoding is linear along an axis; leave out steps across a wall and out of the cube.
        let sameCells = grid.levels.allSatisfy {
          let resolution = Float($0.resolution)
          return floor(ahead[d, m] * resolution) == floor(behind[d, m] * resolution)
        }
        guard sameCells, ahead[d, m] < 1, behind[d, m] > 0 else { continue }
        var slope: Float = 0
        for row in 0..<8 { slope += (high[row, m] - low[row, m]) / (2 * step) * grid.dout[row, m] }
        compared += 1
        #expect(abs(slope - dx[d, m]) < 2e-3 * (1 + abs(slope)), "axis \(d), point \(m)")
      }
    }
    #expect(compared > 60 * dims)
  }

  @Test("Coordinates outside the cube and NaN stay inside the table", arguments: kernelSets, [2, 3])
  func hostileCoordinates(set: KernelSet, dims: Int) {
    var generator = SeededGenerator(state: 15)
    let grid = GridCase(dims: dims, points: 35, using: &generator)
    let values: [Float] = [.nan, .infinity, -.infinity, -0.3, 1.7, 1e30, -1e30]
    for m in 0..<35 { for d in 0..<dims { grid.x[d, m] = values[(m + d) % values.count] } }
    let out = Matrix(output: 8, 35, using: &generator)
    grid.encode(set, table: grid.table, x: grid.x, into: out)
    let dtable = grid.table.copy()
    grid.scatter(set, dout: grid.dout, into: dtable)
    grid.slope(set, into: Matrix(output: dims, 35, using: &generator))
    #expect(out.damage("out").isEmpty)
    #expect(dtable.damage("dtable").isEmpty)
  }
}

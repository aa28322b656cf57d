import CKernels
import Testing

/// The kernels of RAFT against their plain twins.
@Suite("Flow network kernels") struct FlowKernelTests {
  @Test("Correlation agrees with its definition inside, across and far beyond the borders", arguments: kernelSets)
  func correlate(set: KernelSet) {
    var generator = SeededGenerator(state: 41)
    for _ in 0..<60 {
      let (points, features) = (1 + generator.index(below: 9), 1 + generator.index(below: 70))
      let (height, width) = (1 + generator.index(below: 12), 1 + generator.index(below: 12))
      let radius = generator.index(below: Int(CK_MAX_RADIUS) + 1)
      let from = Matrix(points, features) { _, _ in generator.float() }
      let to = Matrix(height * width, features) { _, _ in generator.float() }
      let centre = Matrix(points, 2) { _, axis in
        let place = generator.float(-12...Float(12 + (axis == 0 ? width : height)))
        switch generator.index(below: 8) {
        case 0: return place.rounded()
        case 1: return [.nan, .infinity, -.infinity, 1e30, -1e30][generator.index(below: 5)]
        default: return place
        }
      }
      let side = 2 * radius + 1
      let found = Matrix(output: points, side * side, using: &generator)
      let wanted = found.copy()
      for (kernels, out) in [(set, found), (reference, wanted)] {
        kernels.kernels.correlate(
          points, features, from.pointer, height, width, to.pointer, centre.pointer, 0.25, radius, out.pointer,
          out.stride)
      }
      let scale = Matrix(points, side * side) { _, _ in Float(features) / 4 }
      let problems = found.differences(from: wanted, scale: scale, tolerance: 2e-6, "out")
      #expect(
        problems.isEmpty, "\(report(set, "M \(points) C \(features) r \(radius)", problems).joined(separator: "\n"))")
    }
  }

  @Test("The first index of a correlation window moves x, the second y")
  func order() {
    // One feature whose value in the picture is 10 x + y; the window around (2, 1) of radius 1.
    let picture = Matrix(4 * 5, 1) { pixel, _ in Float(10 * (pixel % 5) + pixel / 5) }
    var out = [Float](repeating: 0, count: 9)
    for set in kernelSets + [reference] {
      set.kernels.correlate(1, 1, [1], 4, 5, picture.pointer, [2, 1], 1, 1, &out, 9)
      #expect(out == [10, 11, 12, 20, 21, 22, 30, 31, 32])
      set.kernels.correlate(1, 1, [2], 4, 5, picture.pointer, [0.5, -0.5], 1, 1, &out, 9)
      // Row -1 and what lies left of column 0 are zero.
      #expect(out == [0, 0, 0.5, 0, 5, 11, 0, 15, 31])
    }
  }

  @Test("Gates and state of the recurrent unit agree with their definition", arguments: kernelSets)
  func gru(set: KernelSet) {
    var generator = SeededGenerator(state: 43)
    for _ in 0..<30 {
      let (points, features) = (generator.index(below: 7), 1 + generator.index(below: 50))
      let state = Matrix(points, 2 * features) { _, _ in generator.float(-4...4) }
      let candidate = Matrix(points, features) { _, _ in generator.float(-4...4) }
      let input = Matrix(points, 3 * features) { _, _ in generator.float(-4...4) }
      let constant = Matrix(points, 3 * features) { _, _ in generator.float(-4...4) }
      let memory = Matrix(points, features, surroundings: Matrix.canary) { _, _ in generator.float() }
      var results: [[Matrix]] = []
      for kernels in [set, reference] {
        let h = memory.copy()
        let update = Matrix(points, features, surroundings: Matrix.canary) { _, _ in 9 }
        let reset = update.copy()
        kernels.kernels.gru_gates(
          points, features, state.pointer, input.pointer, constant.pointer, h.pointer, update.pointer, reset.pointer)
        kernels.kernels.gru_update(
          points, features, candidate.pointer, input.pointer, constant.pointer, update.pointer, h.pointer)
        results.append([update, reset, h])
      }
      for (index, name) in ["update", "reset_h", "h"].enumerated() {
        let problems = results[0][index].differences(from: results[1][index], tolerance: 1e-6, name)
        #expect(problems.isEmpty, "\(report(set, "M \(points) H \(features)", problems).joined(separator: "\n"))")
      }
    }
  }
}

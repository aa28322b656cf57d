import CKernels
import Testing

@Suite("Output layer of a hypernetwork") struct HeadKernelTests {
  /// Rows, columns, videos.
  private static let shapes = [
    (1, 1, 1), (3, 5, 1), (4, 16, 2), (7, 17, 3), (9, 64, 1), (13, 33, 2), (257, 64, 4), (5, 100, 1),
  ]

  private struct Problem {
    let (rows, columns, videos): (Int, Int, Int)
    let h: Matrix
    let dy: [Matrix]
    let adam: ck_adam

    init(_ shape: (Int, Int, Int), _ generator: inout SeededGenerator) {
      (rows, columns, videos) = shape
      let (rows, columns) = (rows, columns)
      h = Matrix(videos, columns, start: 3) { _, _ in generator.float() }
      dy = (0..<videos).map { _ in Matrix(1, rows, start: 1) { _, _ in generator.float() } }
      adam = ck_adam(rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 1.5, correction2: 0.8, sparse: 0)
    }

    func matrix(_ generator: inout SeededGenerator, _ range: ClosedRange<Float> = -1...1) -> Matrix {
      Matrix(rows, columns, start: 5, surroundings: Matrix.canary) { _, _ in generator.float(range) }
    }

    var gradients: [UnsafePointer<Float>?] { dy.map { UnsafePointer($0.pointer) } }
  }

  @Test(arguments: kernelSets) func inSinglePrecisionAsTheReference(set: KernelSet) {
    var generator = SeededGenerator(state: 41)
    var problems: [String] = []
    for shape in Self.shapes {
      let problem = Problem(shape, &generator)
      let (rows, columns) = (problem.rows, problem.columns)
      let w = problem.matrix(&generator)
      let (m, v) = (problem.matrix(&generator), problem.matrix(&generator, 0...1))
      let bias = Matrix(1, rows, start: 2) { _, _ in generator.float() }
      let scale = Matrix(1, rows) { _, _ in Float(columns) }
      for b in [bias.pointer, nil] {
        let (y, wanted) = (Matrix(output: 1, rows, using: &generator), Matrix(output: 1, rows, using: &generator))
        set.kernels.head_forward(rows, columns, w.pointer, b, problem.h.pointer, y.pointer)
        reference.kernels.head_forward(rows, columns, w.pointer, b, problem.h.pointer, wanted.pointer)
        problems += report(set, "\(shape)", y.differences(from: wanted, scale: scale, tolerance: 1e-6, "y"))
      }
      func run(_ set: KernelSet) -> [Matrix] {
        let parts = [w.copy(), m.copy(), v.copy(), problem.h.map { _ in 0.5 }]
        var adam = problem.adam
        set.kernels.head_update(
          rows, columns, problem.videos, parts[0].pointer, parts[1].pointer, parts[2].pointer, problem.gradients,
          problem.h.pointer, parts[3].pointer, &adam)
        return parts
      }
      let sums = problem.h.map { _ in Float(rows) }
      for (name, (found, wanted)) in zip(["w", "m", "v", "dh"], zip(run(set), run(reference))) {
        problems += report(
          set, "\(shape)", found.differences(from: wanted, scale: name == "dh" ? sums : nil, tolerance: 2e-6, name))
      }
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  /// The gradient that the pass uses is that of <dy, W h>: a step with all of Adam's memory off, against differences.
  @Test(arguments: kernelSets + [reference]) func stepsAlongTheGradientOfTheForwardPass(set: KernelSet) {
    var generator = SeededGenerator(state: 43)
    let problem = Problem((6, 19, 2), &generator)
    let w = problem.matrix(&generator)
    func value(_ w: Matrix, _ h: Matrix) -> Double {
      (0..<problem.videos).reduce(0.0) { sum, video in
        let y = Matrix(1, problem.rows) { _, _ in 0 }
        set.kernels.head_forward(
          problem.rows, problem.columns, w.pointer, nil, h.pointer + video * h.stride, y.pointer)
        return sum + (0..<problem.rows).reduce(0.0) { $0 + Double(y[0, $1]) * Double(problem.dy[video][0, $1]) }
      }
    }
    let (stepped, zero) = (w.copy(), w.map { _ in 0 })
    let dh = problem.h.map { _ in 0 }
    // beta1 = 0, beta2 = 1 and epsilon = 1: plain gradient descent.
    var descent = ck_adam(rate: 1, beta1: 0, beta2: 1, epsilon: 1, correction1: 1, correction2: 1, sparse: 0)
    let (m, v) = (zero.copy(), zero.copy())
    withExtendedLifetime((m, v)) {
      set.kernels.head_update(
        problem.rows, problem.columns, problem.videos, stepped.pointer, m.pointer, v.pointer, problem.gradients,
        problem.h.pointer, dh.pointer, &descent)
    }
    let step: Float = 0.25
    for (n, k) in [(0, 0), (3, 18), (5, 7)] {
      let (up, down) = (w.copy(), w.copy())
      up[n, k] += step
      down[n, k] -= step
      let numeric = (value(up, problem.h) - value(down, problem.h)) / Double(2 * step)
      #expect(abs(numeric - Double(w[n, k] - stepped[n, k])) < 1e-4)
    }
    for (video, k) in [(0, 0), (1, 18)] {
      let (up, down) = (problem.h.copy(), problem.h.copy())
      up[video, k] += step
      down[video, k] -= step
      let numeric = (value(w, up) - value(w, down)) / Double(2 * step)
      #expect(abs(numeric - Double(dh[video, k])) < 1e-4)
    }
  }

  // MARK: bf16

  @Test(arguments: kernelSets) func inBFloat16AsTheReference(set: KernelSet) {
    var generator = SeededGenerator(state: 47)
    for shape in Self.shapes {
      let problem = Problem(shape, &generator)
      let count = problem.rows * problem.columns
      let w = (0..<count).map { _ in half(generator.float()) }
      let (m, v) = (
        (0..<count).map { _ in half(generator.float()) }, (0..<count).map { _ in half(generator.float(0...1)) }
      )
      func run(_ set: KernelSet, seed: UInt32 = 9) -> (y: [Float], state: [[UInt16]], dh: [Float]) {
        var y = [Float](repeating: 0, count: problem.rows)
        var (weights, first, second) = (w + [0x4321], m + [0x4321], v + [0x4321])
        set.kernels.head_forward_bf16(problem.rows, problem.columns, w, nil, problem.h.pointer, &y)
        let dh = problem.h.map { _ in 0.5 }
        var adam = problem.adam
        set.kernels.head_update_bf16(
          problem.rows, problem.columns, problem.videos, &weights, &first, &second, problem.gradients,
          problem.h.pointer, dh.pointer,
          &adam, seed)
        return (
          y, [weights, first, second], (0..<problem.videos).flatMap { i in (0..<problem.columns).map { dh[i, $0] } }
        )
      }
      let (found, wanted) = (run(set), run(reference))
      #expect(zip(found.y, wanted.y).allSatisfy { abs($0 - $1) < 1e-4 })
      #expect(zip(found.dh, wanted.dh).allSatisfy { abs($0 - $1) < 2e-6 * Float(problem.rows + 1) })
      // The last bit of the 32-bit arithmetic decides once in some ten thousand roundings.
      let pairs = zip(found.state.joined(), wanted.state.joined())
      #expect(pairs.allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "\(set.name) \(shape)")
      #expect(pairs.filter { $0 != $1 }.count <= 2 + count / 500, "\(set.name) \(shape)")
      #expect(found.state.allSatisfy { $0.last == 0x4321 }, "written behind the end")
      #expect(run(set).state == found.state, "the same seed gives the same bits")
      if count > 100 { #expect(run(set, seed: 10).state != found.state) }
    }
  }

  /// Steps of a hundredth of a unit in the last place add up, which they would not with rounding to nearest.
  @Test(arguments: kernelSets + [reference]) func smallStepsAddUp(set: KernelSet) {
    let count = 4096
    let one = half(1)
    var w = [UInt16](repeating: one, count: count)
    var (m, v) = ([UInt16](repeating: 0, count: count), [UInt16](repeating: 0, count: count))
    let (slope, h) = ([Float](repeating: 1, count: 1), [Float](repeating: 1, count: count))
    var dh = [Float](repeating: 0, count: count)
    for step in 0..<400 {
      // Up, where a unit of the last place above 1 is 1/128.
      var adam = ck_adam(
        rate: -0.01 / 128, beta1: 0, beta2: 1, epsilon: 1, correction1: 1, correction2: 1, sparse: 0)
      slope.withUnsafeBufferPointer { slope in
        set.kernels.head_update_bf16(
          1, count, 1, &w, &m, &v, [slope.baseAddress], h, &dh, &adam, UInt32(step) &* 77_777)
      }
    }
    let mean = w.reduce(0.0) { $0 + Double(Float(bitPattern: UInt32($1) << 16)) } / Double(count)
    // 400 steps of 0.01 units; the deviation of the mean of 4096 such walks is 0.03 units.
    #expect(abs((mean - 1) * 128 - 4) < 0.15, "\(set.name): \((mean - 1) * 128) units")
    #expect(Set(w).count > 3)
  }

  private func half(_ value: Float) -> UInt16 { UInt16(value.bitPattern >> 16) }
}

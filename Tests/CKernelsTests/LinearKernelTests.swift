import CKernels
import Testing

/// Points, outputs, inputs of a linear layer.
private struct Shape: CustomStringConvertible {
  var m: Int, n: Int, k: Int
  var description: String { "M \(m), N \(n), K \(k)" }

  /// The layers of the networks, every small size around the tiles, and random ones.
  static func cases(using generator: inout SeededGenerator) -> [Shape] {
    var shapes = [(128, 3), (128, 128), (2, 128), (64, 32), (64, 64), (3, 64), (256, 3)].flatMap { n, k in
      [256, 271].map { Shape(m: $0, n: n, k: k) }
    }
    for size in 0...13 { shapes.append(Shape(m: size * 5, n: size, k: 13 - size)) }
    for m in 0...70 { shapes.append(Shape(m: m, n: 1 + m % 7, k: 1 + m % 5)) }
    for _ in 0..<60 {
      shapes.append(
        Shape(m: generator.index(below: 400), n: generator.index(below: 40), k: generator.index(below: 40)))
    }
    shapes.append(Shape(m: 2500, n: 9, k: 10))
    return shapes
  }
}

@Suite("Linear kernels") struct LinearKernelTests {
  @Test("The forward layer equals the reference", arguments: kernelSets)
  func forward(set: KernelSet) {
    var generator = SeededGenerator(state: 1)
    var problems: [String] = []
    for shape in Shape.cases(using: &generator) {
      let (m, n, k) = (shape.m, shape.n, shape.k)
      let (w, b) = (Matrix(random: n, k, using: &generator), Matrix(random: 1, n, using: &generator))
      let weights = Matrix(n, k, start: 3) { w[$0, $1] }
      let x = Matrix(random: k, m, using: &generator)
      for (bias, relu) in [(true, 1), (true, 0), (false, 1), (false, 0)] as [(Bool, Int32)] {
        let y = Matrix(output: n, m, using: &generator)
        let (wanted, scale) = (y.copy(), y.copy())
        func run(_ kernels: ck_kernels, _ w: Matrix, _ b: Matrix, _ x: Matrix, _ y: Matrix, _ relu: Int32) {
          kernels.linear_forward(
            m, n, k, w.pointer, bias ? b.pointer : nil, x.pointer, x.stride, y.pointer, y.stride, relu)
        }
        run(set.kernels, weights, b, x, y, relu)
        run(reference.kernels, weights, b, x, wanted, relu)
        run(reference.kernels, weights.map(abs), b.map(abs), x.map(abs), scale, 0)
        problems += report(set, "\(shape), bias \(bias), relu \(relu)", y.differences(from: wanted, scale: scale, "y"))
      }
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test("The adjoint to the input equals the reference", arguments: kernelSets)
  func backwardInput(set: KernelSet) {
    var generator = SeededGenerator(state: 2)
    var problems: [String] = []
    for shape in Shape.cases(using: &generator) {
      let (m, n, k) = (shape.m, shape.n, shape.k)
      let w = Matrix(n, k, start: 5) { _, _ in generator.float() }
      let dy = Matrix(random: n, m, using: &generator)
      let gate = Matrix(random: k, m, using: &generator).map { $0 < -0.3 ? 0 : $0 }
      for gated in [true, false] {
        let dx = Matrix(output: k, m, using: &generator)
        let (wanted, scale) = (dx.copy(), dx.copy())
        func run(_ kernels: ck_kernels, _ w: Matrix, _ dy: Matrix, _ dx: Matrix, gated: Bool) {
          kernels.linear_backward_input(
            m, n, k, w.pointer, dy.pointer, dy.stride, dx.pointer, dx.stride, gated ? gate.pointer : nil, gate.stride)
        }
        run(set.kernels, w, dy, dx, gated: gated)
        run(reference.kernels, w, dy, wanted, gated: gated)
        run(reference.kernels, w.map(abs), dy.map(abs), scale, gated: false)
        problems += report(set, "\(shape), gate \(gated)", dx.differences(from: wanted, scale: scale, "dx"))
      }
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test("The adjoint to the weights equals the reference and accumulates", arguments: kernelSets)
  func backwardWeights(set: KernelSet) {
    var generator = SeededGenerator(state: 3)
    var problems: [String] = []
    for shape in Shape.cases(using: &generator) {
      let (m, n, k) = (shape.m, shape.n, shape.k)
      let dy = Matrix(random: n, m, using: &generator)
      let x = Matrix(random: k, m, using: &generator)
      for bias in [true, false] {
        let dw = Matrix(n, k, start: 7, surroundings: Matrix.canary) { _, _ in generator.float() }
        let db = Matrix(1, n, start: 2, surroundings: Matrix.canary) { _, _ in generator.float() }
        let (wantedW, wantedB, scaleW, scaleB) = (dw.copy(), db.copy(), dw.map(abs), db.map(abs))
        func run(_ kernels: ck_kernels, _ dy: Matrix, _ x: Matrix, _ dw: Matrix, _ db: Matrix) {
          kernels.linear_backward_weights(
            m, n, k, dy.pointer, dy.stride, x.pointer, x.stride, dw.pointer, bias ? db.pointer : nil)
        }
        run(set.kernels, dy, x, dw, db)
        run(reference.kernels, dy, x, wantedW, wantedB)
        run(reference.kernels, dy.map(abs), x.map(abs), scaleW, scaleB)
        problems += report(set, "\(shape), bias \(bias)", dw.differences(from: wantedW, scale: scaleW, "dw"))
        problems += report(set, "\(shape), bias \(bias)", db.differences(from: wantedB, scale: scaleB, "db"))
      }
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test("A NaN stays visible and the adjoints fit together", arguments: kernelSets)
  func identities(set: KernelSet) {
    var generator = SeededGenerator(state: 4)
    let (m, n, k) = (83, 19, 23)
    let w = Matrix(n, k) { _, _ in generator.float() }
    let (x, dy) = (Matrix(random: k, m, using: &generator), Matrix(random: n, m, using: &generator))
    let (y, dx) = (Matrix(output: n, m, using: &generator), Matrix(output: k, m, using: &generator))
    let dw = Matrix(n, k) { _, _ in 0 }
    set.kernels.linear_forward(m, n, k, w.pointer, nil, x.pointer, x.stride, y.pointer, y.stride, 0)
    set.kernels.linear_backward_input(m, n, k, w.pointer, dy.pointer, dy.stride, dx.pointer, dx.stride, nil, 0)
    set.kernels.linear_backward_weights(m, n, k, dy.pointer, dy.stride, x.pointer, x.stride, dw.pointer, nil)
    // <dy, W x> = <W^T dy, x> = <dy x^T, W>
    let forward = dot(dy, y)
    #expect(abs(forward - dot(dx, x)) < 1e-4 * (1 + abs(forward)))
    #expect(abs(forward - dot(dw, w)) < 1e-4 * (1 + abs(forward)))

    x[4, 80] = .nan
    set.kernels.linear_forward(m, n, k, w.pointer, nil, x.pointer, x.stride, y.pointer, y.stride, 1)
    for row in 0..<n { for column in 0..<m { #expect(y[row, column].isNaN == (column == 80)) } }
  }

  @Test("The same numbers at another address give the same bits", arguments: kernelSets)
  func repeatable(set: KernelSet) {
    var generator = SeededGenerator(state: 5)
    let (m, n, k) = (141, 21, 34)
    let w = Matrix(n, k) { _, _ in generator.float() }
    let (x, dy) = (Matrix(random: k, m, using: &generator), Matrix(random: n, m, using: &generator))
    func results(start: Int, stride: Int) -> [Float] {
      let movedX = Matrix(k, m, stride: stride, start: start) { x[$0, $1] }
      let movedDY = Matrix(n, m, stride: stride, start: start) { dy[$0, $1] }
      let (y, dx) = (Matrix(n, m) { _, _ in 0 }, Matrix(k, m) { _, _ in 0 })
      let dw = Matrix(n, k, start: start) { _, _ in 0 }
      set.kernels.linear_forward(m, n, k, w.pointer, nil, movedX.pointer, stride, y.pointer, m, 0)
      set.kernels.linear_backward_input(m, n, k, w.pointer, movedDY.pointer, stride, dx.pointer, m, nil, 0)
      set.kernels.linear_backward_weights(
        m, n, k, movedDY.pointer, stride, movedX.pointer, stride, dw.pointer, nil)
      return [y, dx, dw].flatMap { matrix in
        (0..<matrix.rows).flatMap { row in (0..<matrix.columns).map { matrix[row, $0] } }
      }
    }
    #expect(results(start: 0, stride: 144) == results(start: 3, stride: 149))
  }

  private func dot(_ a: Matrix, _ b: Matrix) -> Double {
    var sum = 0.0
    for row in 0..<a.rows { for column in 0..<a.columns { sum += Double(a[row, column]) * Double(b[row, column]) } }
    return sum
  }
}

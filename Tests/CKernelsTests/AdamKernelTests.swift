import CKernels
import Foundation
import Testing

@Suite("Adam kernel") struct AdamKernelTests {
  @Test("Five steps follow the formula in double precision", arguments: kernelSets + [reference], [0, 1, 2, 3, 5])
  func steps(set: KernelSet, gradientCount: Int) {
    var generator = SeededGenerator(state: 21)
    var problems: [String] = []
    for n in Array(0...35) + [257] {
      func vector(_ value: () -> Float) -> Matrix {
        Matrix(1, n, start: 1 + n % 5, surroundings: Matrix.canary) { _, _ in value() }
      }
      let p = vector { generator.float() }
      let (m, v) = (vector { 0 }, vector { 0 })
      var exactP = (0..<n).map { Double(p[0, $0]) }
      var (exactM, exactV) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
      let (rate, beta1, beta2, epsilon) = (Float(0.01), Float(0.9), Float(0.99), Float(1e-8))
      for step in 1...5 {
        let gradients = (0..<gradientCount).map { _ in vector { generator.float() } }
        for i in 0..<n {
          let gradient = gradients.reduce(0.0) { $0 + Double($1[0, i]) }
          exactM[i] = Double(beta1) * exactM[i] + Double(1 - beta1) * gradient
          exactV[i] = Double(beta2) * exactV[i] + Double(1 - beta2) * gradient * gradient
          let mean = exactM[i] / (1 - pow(Double(beta1), Double(step)))
          let square = exactV[i] / (1 - pow(Double(beta2), Double(step)))
          exactP[i] -= Double(rate) * mean / (square.squareRoot() + Double(epsilon))
        }
        var adam = ck_adam(
          rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon,
          correction1: Float(1 / (1 - pow(Double(beta1), Double(step)))),
          correction2: Float(1 / (1 - pow(Double(beta2), Double(step))).squareRoot()), sparse: 0)
        let pointers = gradients.map { Optional($0.pointer) }
        set.kernels.adam_step(n, p.pointer, m.pointer, v.pointer, pointers, gradientCount, &adam)
        for (index, gradient) in gradients.enumerated() {
          problems += report(
            set, "n \(n)", gradient.differences(from: gradient.map { _ in 0 }, tolerance: 0, "g\(index)"))
        }
      }
      let (wantedP, wantedM, wantedV) = (p.copy(), m.copy(), v.copy())
      for i in 0..<n {
        (wantedP[0, i], wantedM[0, i], wantedV[0, i]) = (Float(exactP[i]), Float(exactM[i]), Float(exactV[i]))
      }
      problems += report(set, "n \(n)", p.differences(from: wantedP, tolerance: 2e-6, "p"))
      problems += report(set, "n \(n)", m.differences(from: wantedM, tolerance: 1e-6, "m"))
      problems += report(set, "n \(n)", v.differences(from: wantedV, tolerance: 1e-6, "v"))
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test(
    "A sparse step leaves blocks without a gradient alone, and does to others what a dense one does",
    arguments: kernelSets + [reference])
  func sparse(set: KernelSet) {
    var generator = SeededGenerator(state: 22)
    let block = Int(CK_ADAM_BLOCK)
    var problems: [String] = []
    for n in [1, block - 1, block, block + 1, 5 * block, 6 * block + 3] {
      func vector(_ value: (Int) -> Float) -> Matrix {
        Matrix(1, n, start: 1 + n % 5, surroundings: Matrix.canary) { _, i in value(i) }
      }
      var (p, m, v) = (vector { _ in generator.float() }, vector { _ in generator.float() }, vector { _ in 1 })
      // Every other block has a gradient, at one value only, or two that cancel out.
      let gradient = vector { $0 % (2 * block) == 0 ? generator.float() + 2 : 0 }
      let opposite = vector { $0 == block ? 1 : 0 }
      let negative = vector { $0 == block ? -1 : 0 }
      var adam = ck_adam(
        rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, correction1: 2, correction2: 3, sparse: 0)
      let (dense, before) = ([p, m, v].map { $0.copy() }, [p, m, v].map { $0.copy() })
      let gradients = [gradient.copy(), opposite.copy(), negative.copy()]
      withExtendedLifetime(gradients) {
        set.kernels.adam_step(
          n, dense[0].pointer, dense[1].pointer, dense[2].pointer, gradients.map { Optional($0.pointer) }, 3, &adam)
      }
      adam.sparse = 1
      set.kernels.adam_step(
        n, p.pointer, m.pointer, v.pointer, [gradient, opposite, negative].map { Optional($0.pointer) }, 3, &adam)
      for (index, now) in [p, m, v].enumerated() {
        var wanted = dense[index].copy()
        for i in 0..<n where i / block % 2 == 1 { wanted[0, i] = before[index][0, i] }
        problems += report(set, "n \(n)", now.differences(from: wanted, tolerance: 0, "pmv \(index)"))
      }
      for gradient in [gradient, opposite, negative] {
        problems += report(set, "n \(n)", gradient.differences(from: gradient.map { _ in 0 }, tolerance: 0, "zeroed"))
      }
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }
}

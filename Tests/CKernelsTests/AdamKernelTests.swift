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
          correction2: Float(1 / (1 - pow(Double(beta2), Double(step))).squareRoot()))
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
}

import CKernels
import Foundation
import Testing

/// One of the three activations: the kernel and its value in double precision.
private struct Activation: CustomTestStringConvertible, Sendable {
  let name: String
  let kernel: @Sendable (ck_kernels) -> (Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  let exact: @Sendable (Double) -> Double

  var testDescription: String { name }

  static let all = [
    Activation(name: "tanh", kernel: { set in { set.tanh($0, $1, $2) } }, exact: { Foundation.tanh($0) }),
    Activation(
      name: "sigmoid2", kernel: { set in { set.sigmoid2($0, $1, $2) } }, exact: { 1 / (1 + exp(-2 * $0)) }),
    Activation(
      name: "softplus", kernel: { set in { set.softplus($0, $1, $2) } }, exact: { max($0, 0) + log1p(exp(-abs($0))) }),
  ]
}

@Suite("Activation kernels") struct ActivationKernelTests {
  @Test("Values agree with double precision to 4e-7", arguments: kernelSets + [reference], Activation.all)
  private func accuracy(set: KernelSet, activation: Activation) {
    var values = stride(from: Float(-30), through: 30, by: 0.0037).map { $0 }
    values += [0, -0.0, 1e-30, -1e-30, 1e-6, 87, -87, 88.8, -88.8, 104, -104, 1e10, -1e10]
    values += [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude]
    var output = [Float](repeating: 0, count: values.count)
    activation.kernel(set.kernels)(values.count, values, &output)
    for (x, y) in zip(values, output) {
      let wanted = activation.exact(Double(x))
      #expect(y.isFinite)
      #expect(abs(Double(y) - wanted) <= 4e-7 * max(1, abs(wanted)), "\(activation.name)(\(x)) = \(y), not \(wanted)")
    }
  }

  @Test("NaN stays NaN and infinity has its limit", arguments: kernelSets + [reference], Activation.all)
  private func extremes(set: KernelSet, activation: Activation) {
    // NaNs with a payload too: their low bits are where exp builds its power of two.
    let values: [Float] = [.infinity, -.infinity, .nan, -.nan] + (1...40).map { Float(nan: $0, signaling: false) }
    var output = [Float](repeating: 7, count: values.count)
    activation.kernel(set.kernels)(values.count, values, &output)
    #expect(output[0] == (activation.name == "softplus" ? .infinity : 1))
    #expect(abs(output[1] - (activation.name == "tanh" ? -1 : 0)) < 1e-30)
    for (x, y) in zip(values, output).dropFirst(2) { #expect(y.isNaN, "NaN with bits \(x.bitPattern) gave \(y)") }
  }

  @Test("Any length, in place, nothing beyond the end", arguments: kernelSets, Activation.all)
  private func lengths(set: KernelSet, activation: Activation) {
    var generator = SeededGenerator(state: 31)
    for n in 0...70 {
      let x = Matrix(1, n, start: n % 7) { _, _ in generator.float(-5...5) }
      let y = Matrix(1, n, start: n % 5, surroundings: Matrix.canary) { _, _ in 0 }
      let (inPlace, wanted) = (x.copy(), y.copy())
      for i in 0..<n { wanted[0, i] = Float(activation.exact(Double(x[0, i]))) }
      activation.kernel(set.kernels)(n, x.pointer, y.pointer)
      activation.kernel(set.kernels)(n, inPlace.pointer, inPlace.pointer)
      let problems =
        y.differences(from: wanted, tolerance: 4e-7, "y") + inPlace.differences(from: y, tolerance: 0, "in place")
      #expect(problems.isEmpty, "n \(n): \(problems.joined(separator: "\n"))")
    }
  }
}

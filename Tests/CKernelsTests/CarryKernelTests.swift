import CKernels
import Testing

@Suite("Carrying values along a flow") struct CarryKernelTests {
  @Test("Agrees with the plain loops on random pictures", arguments: kernelSets)
  func random(set: KernelSet) {
    var generator = SeededGenerator(state: 77)
    var problems: [String] = []
    for _ in 0..<12 {
      let (height, width) = (1 + generator.index(below: 17), 1 + generator.index(below: 23))
      let count = height * width
      let base = UInt8.random(in: 40...200, using: &generator)
      let pictures = (0..<2).map { _ in (0..<3 * count).map { _ in base &+ UInt8.random(in: 0...24, using: &generator) }
      }
      let value = (0..<count).map { _ in generator.float(0...1) }
      var flow = (0..<2 * count).map { _ in generator.float(-6...6) }
      flow[0] = .nan
      var how = ck_carry(
        radius: generator.index(below: 8), likeness: generator.float(4...20), reach: generator.float(1...4))
      func run(_ kernels: ck_kernels) -> (mean: Matrix, trust: Matrix) {
        let (mean, trust) = (Matrix(output: 1, count, using: &generator), Matrix(output: 1, count, using: &generator))
        kernels.carry(height, width, pictures[0], pictures[1], value, flow, &how, mean.pointer, trust.pointer)
        return (mean, trust)
      }
      let (wanted, found) = (run(reference.kernels), run(set.kernels))
      let shape = "\(height)x\(width), radius \(how.radius)"
      problems += report(
        set, shape, compare(found.mean, wanted.mean, "mean") + compare(found.trust, wanted.trust, "trust"))
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  private func compare(_ found: Matrix, _ wanted: Matrix, _ name: String) -> [String] {
    let values = Matrix(1, found.columns) { _, column in found[0, column] }
    let expected = Matrix(1, found.columns) { _, column in wanted[0, column] }
    return found.damage(name) + values.differences(from: expected, tolerance: 2e-4, name)
  }

  @Test("A value goes where its colour is, not where the flow is wrong", arguments: kernelSets + [reference])
  func likeness(set: KernelSet) {
    // A bright object on dark ground in the third column, one column further on in the next picture; the flow says 0.
    let (width, height) = (7, 5)
    func picture(_ object: Int) -> [UInt8] {
      (0..<width * height).flatMap { [$0 % width == object ? 200 : 20, 128, 128] as [UInt8] }
    }
    let value = (0..<width * height).map { $0 % width == 2 ? Float(1) : 0 }
    let flow = [Float](repeating: 0, count: 2 * width * height)
    var how = ck_carry(radius: 2, likeness: 8, reach: 2)
    var (mean, trust) = ([Float](repeating: 9, count: width * height), [Float](repeating: 9, count: width * height))
    set.kernels.carry(height, width, picture(3), picture(2), value, flow, &how, &mean, &trust)
    for p in mean.indices { #expect(abs(mean[p] - (p % width == 3 ? 1 : 0)) < 1e-3) }
    #expect(trust.allSatisfy { $0 > 0 && $0 <= 1.0001 })
  }
}

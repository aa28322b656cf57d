import CKernels
import Testing

@Suite("Edit kernels") struct EditKernelTests {
  @Test("What an edit changes agrees with the plain loops", arguments: kernelSets)
  func gather(set: KernelSet) {
    var generator = SeededGenerator(state: 31)
    var problems: [String] = []
    for count in Array(0...35) + [100] {
      let (width, height) = (1 + generator.index(below: 9), 1 + generator.index(below: 9))
      let texels = Matrix(1, 4 * width * height) { _, index in index % 4 == 3 ? 0 : generator.float() }
      var texture = ck_texture(texels: texels.pointer, width: UInt32(width), height: UInt32(height))
      let (u, v) = (
        Matrix(1, count, start: 3) { _, _ in generator.float(-1.3...1.3) }, Matrix(random: 1, count, using: &generator)
      )
      if count > 5 { (u[0, 2], v[0, 4]) = (.nan, .infinity) }
      let weights = (0..<4 * count).map { _ in UInt16.random(in: 0...65535, using: &generator) }
      let start = Matrix(1, 4 * count, start: count % 3, surroundings: Matrix.canary) { _, index in
        index % 4 == 3 ? 0 : generator.float()
      }
      let (wanted, found) = (start.copy(), start.copy())
      let unit: Float = 2 / 65535 / 65535
      reference.kernels.edit_gather(count, &texture, u.pointer, v.pointer, weights, unit, wanted.pointer)
      set.kernels.edit_gather(count, &texture, u.pointer, v.pointer, weights, unit, found.pointer)
      problems += report(set, "\(count) pixels", found.differences(from: wanted, tolerance: 1e-5, "sum"))
      for m in 0..<count where found[0, 4 * m + 3] != 0 { problems.append("\(set.name): the fourth value is not 0") }
    }
    #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
  }

  @Test("A change is added, rounded and kept in range", arguments: kernelSets + [reference])
  func apply(set: KernelSet) {
    let sum: [Float] = [0, 0, 0, 0, 1.2 / 65535, -1.6 / 65535, 2, 0, -2, .nan, 0.4 / 65535, 0]
    let source: [UInt16] = [0, 65535, 777, 100, 100, 100, 9, 9, 9]
    var out = [UInt16](repeating: 4321, count: 10)
    set.kernels.edit_apply(3, sum, source, &out)
    #expect(out == [0, 65535, 777, 101, 98, 65535, 0, 0, 9, 4321])
  }

  @Test("Where nothing is edited, every value stays", arguments: kernelSets)
  func untouched(set: KernelSet) {
    let source = (0..<65535).map { UInt16($0) }
    let sum = [Float](repeating: 0, count: 4 * 21845)
    var out = [UInt16](repeating: 0, count: 65535)
    set.kernels.edit_apply(21845, sum, source, &out)
    #expect(out == source)
  }
}

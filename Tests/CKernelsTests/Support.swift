import CKernels
import Testing

/// Every instruction set that this processor runs, best first.
let kernelSets: [KernelSet] = {
  var list: UnsafePointer<UnsafePointer<ck_kernels>?>?
  let count = ck_available(&list)
  return (0..<count).compactMap { index in list?[index].map(KernelSet.init) }
}()

/// The plain loops that every set is compared with.
let reference = KernelSet(ck_reference())

/// A table of kernels, named for test reports.
struct KernelSet: CustomTestStringConvertible, @unchecked Sendable {
  let kernels: ck_kernels
  let name: String

  init(_ table: UnsafePointer<ck_kernels>) {
    kernels = table.pointee
    name = String(cString: table.pointee.name)
  }

  var testDescription: String { name }
}

/// A small seeded generator (SplitMix64), so that every run tests the same numbers.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func float(_ range: ClosedRange<Float> = -1...1) -> Float { .random(in: range, using: &self) }
  mutating func index(below count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
}

/// A matrix inside a larger buffer: `rows` rows of `columns` values, `stride` apart, starting off the alignment. What
/// surrounds the values is filled with `surroundings` (NaN in inputs, so that a read beyond a row shows; a canary in
/// outputs, so that a write does).
final class Matrix {
  let rows: Int
  let columns: Int
  let stride: Int
  let start: Int
  private let storage: UnsafeMutableBufferPointer<Float>
  private let surroundings: Float

  static let canary: Float = 12345.678

  init(
    _ rows: Int, _ columns: Int, stride: Int? = nil, start: Int = 0, surroundings: Float = .nan,
    value: (_ row: Int, _ column: Int) -> Float
  ) {
    (self.rows, self.columns, self.start, self.surroundings) = (rows, columns, start, surroundings)
    self.stride = stride ?? columns
    let count = start + rows * self.stride + 64
    let raw = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
    storage = UnsafeMutableBufferPointer(start: raw.bindMemory(to: Float.self, capacity: count), count: count)
    storage.initialize(repeating: surroundings)
    for row in 0..<rows { for column in 0..<columns { self[row, column] = value(row, column) } }
  }

  /// A random matrix with random padding and start.
  convenience init(random rows: Int, _ columns: Int, using generator: inout SeededGenerator) {
    let (stride, start) = (columns + generator.index(below: 20), generator.index(below: 20))
    self.init(rows, columns, stride: stride, start: start) { _, _ in generator.float() }
  }

  /// An output of the same value everywhere, with random padding and start.
  convenience init(output rows: Int, _ columns: Int, using generator: inout SeededGenerator) {
    let (stride, start) = (columns + generator.index(below: 20), generator.index(below: 20))
    self.init(rows, columns, stride: stride, start: start, surroundings: Matrix.canary) { _, _ in Matrix.canary }
  }

  deinit { UnsafeMutableRawPointer(storage.baseAddress)?.deallocate() }

  var pointer: UnsafeMutablePointer<Float> { storage.baseAddress! + start }

  subscript(row: Int, column: Int) -> Float {
    get { storage[start + row * stride + column] }
    set { storage[start + row * stride + column] = newValue }
  }

  /// The same layout with every value replaced.
  func map(_ transform: (Float) -> Float) -> Matrix {
    Matrix(rows, columns, stride: stride, start: start, surroundings: surroundings) { transform(self[$0, $1]) }
  }

  func copy() -> Matrix { map { $0 } }

  /// A sentence for every place around the values that was written to.
  func damage(_ name: String) -> [String] {
    storage.indices.compactMap { index in
      let (row, column) = (index - start).quotientAndRemainder(dividingBy: max(stride, 1))
      let inside = index >= start && row < rows && column < columns
      let intact = surroundings.isNaN ? storage[index].isNaN : storage[index] == surroundings
      return inside || intact ? nil : "\(name) written outside: row \(row), column \(column) = \(storage[index])"
    }
  }

  /// A sentence for every value further than `tolerance * (1 + scale)` from `expected`, and for every damage.
  func differences(
    from expected: Matrix, scale: Matrix? = nil, tolerance: Float = 1e-5, _ name: String
  ) -> [String] {
    var found = damage(name)
    for row in 0..<rows {
      for column in 0..<columns {
        let (value, wanted) = (self[row, column], expected[row, column])
        let allowed = tolerance * (1 + (scale?[row, column] ?? abs(wanted)))
        if !(abs(value - wanted) <= allowed) {
          found.append("\(name)[\(row)][\(column)] = \(value), reference \(wanted), allowed \(allowed)")
        }
      }
    }
    return found
  }
}

/// The problems of one case, one a line, with the case in front.
func report(_ set: KernelSet, _ shape: String, _ problems: [String]) -> [String] {
  problems.map { "\(set.name), \(shape): \($0)" }
}

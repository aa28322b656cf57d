import CKernels
import Testing

@Suite struct PeakKernelTests {
  /// c = c / 2 + 1 tends to 2 from everywhere: every set's chains end there, and their number follows from the sum.
  @Test func productsAreReallyComputed() {
    var list: UnsafePointer<UnsafePointer<ck_kernels>?>?
    let count = ck_available(&list)
    let sets = (0..<count).compactMap { list?[$0] } + [ck_reference()].compactMap { $0 }
    for set in sets {
      var value: [Float] = [0.5, 1, 0]
      let operations = set.pointee.peak_products(100, &value)
      #expect(Float(operations) == value[2] / 2 * 100 * 2, "\(String(cString: set.pointee.name))")
    }
  }

  @Test(arguments: [0, 1, 15, 16, 37])
  func streamAddsEveryValue(count: Int) {
    var list: UnsafePointer<UnsafePointer<ck_kernels>?>?
    let sets = ck_available(&list)
    let x = (0..<count).map { Float($0) }
    for index in 0..<sets {
      var y = [Float](repeating: 1, count: count + 1)
      list?[index]?.pointee.peak_stream(count, x, &y)
      #expect(y == x.map { $0 + 1 } + [1])
    }
  }
}

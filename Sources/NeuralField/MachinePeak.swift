import Dispatch

/// What the machine can do at most with a set of kernels, measured now: rates to compare others with.
public struct MachinePeak: Codable, Equatable, Sendable {
  /// 10^9 floating-point operations a second, products and sums of 32-bit numbers in registers.
  public var gflops: Double
  /// 10^9 bytes a second between memory and processor, read and written.
  public var gigabytesPerSecond: Double

  /// Takes about a fifth of a second.
  /// - Parameters:
  ///   - runner: the threads that work at the same time.
  ///   - effort: 1, or a smaller share of the work for a rougher number.
  public static func measure(runner: LaneRunner, kernels: Kernels = .active, effort: Double = 1) -> MachinePeak {
    let rounds = max(1000, Int(2_000_000 * effort))
    let values = (0..<runner.lanes).map { _ in AlignedBuffer(count: 16) }
    for value in values { (value[0], value[1]) = (0.5, 1) }
    // Larger than the last-level caches of most machines, whatever the number of lanes.
    let count = max(100_000, Int(33_554_432 * effort) / runner.lanes)
    let arrays = (0..<runner.lanes).map { _ in (AlignedBuffer(count: count), AlignedBuffer(count: count)) }
    let operations = Double(kernels.table.peak_products(rounds, values[0].pointer)) * Double(runner.lanes)
    let products = fastest {
      runner.run { lane in _ = kernels.table.peak_products(rounds, values[lane].pointer) }
    }
    let stream = fastest {
      runner.run { lane in kernels.table.peak_stream(count, arrays[lane].0.pointer, arrays[lane].1.pointer) }
    }
    return MachinePeak(
      gflops: operations / products * 1e-9,
      gigabytesPerSecond: 12 * Double(count * runner.lanes) / stream * 1e-9)
  }

  private static func fastest(_ body: () -> Void) -> Double {
    (0..<4).map { _ in
      let start = DispatchTime.now().uptimeNanoseconds
      body()
      return max(1e-9, Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9)
    }.min() ?? 1
  }
}

import CKernels
import Dispatch
import NeuralField

/// A piece of work with what it costs.
struct BenchWork {
  let name: String
  /// Floating-point operations of one repetition.
  var operations: Double?
  /// Bytes of one repetition, read and written.
  var bytes: Double?
  /// Does the work; takes the number of the repetition.
  let body: (Int) throws -> Void

  init(_ name: String, operations: Double? = nil, bytes: Double? = nil, _ body: @escaping (Int) throws -> Void) {
    self.name = name
    self.operations = operations
    self.bytes = bytes
    self.body = body
  }
}

/// Times pieces of work by turns, so that what else the machine does falls on all of them.
struct BenchRounds {
  /// For every work the seconds of every repetition.
  let seconds: [[Double]]
  private let works: [BenchWork]

  init(_ works: [BenchWork], _ request: BenchRequest, repetitions: Int) throws {
    var seconds = [[Double]](repeating: [], count: works.count)
    for round in 0..<(request.warmUp + repetitions) {
      for (index, work) in works.enumerated() {
        let start = DispatchTime.now().uptimeNanoseconds
        try work.body(round)
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
        if round >= request.warmUp { seconds[index].append(elapsed) }
      }
    }
    self.seconds = seconds
    self.works = works
  }

  /// The result of a scenario: a repetition is one of all works; rates stand beside the machine's.
  func result(_ scenario: any BenchScenario, _ request: BenchRequest) -> BenchResult {
    let totals = (0..<(seconds.first?.count ?? 0)).map { round in seconds.reduce(0) { $0 + $1[round] } }
    var result = BenchResult(scenario, seconds: totals, threads: request.threads)
    let medians = seconds.map(\.median)
    func rate(_ amount: Double?, _ seconds: Double) -> Double? { amount.map { $0 / seconds * 1e-9 } }
    if works.count > 1 {
      result.details = zip(works, medians).map { work, median in
        BenchResult.Detail(
          name: work.name, medianSeconds: median, gflops: rate(work.operations, median),
          gigabytesPerSecond: rate(work.bytes, median))
      }
    }
    let operations = works.compactMap(\.operations).reduce(0, +)
    let bytes = works.compactMap(\.bytes).reduce(0, +)
    guard operations > 0 || bytes > 0 else { return result }
    let peak = MachinePeak.measure(runner: LaneRunner(lanes: request.threads), effort: request.peakEffort)
    if operations > 0 {
      result.gflops = rate(operations, medians.reduce(0, +))
      result.peakGflops = peak.gflops
    }
    if bytes > 0 {
      result.gigabytesPerSecond = rate(bytes, medians.reduce(0, +))
      result.peakGigabytesPerSecond = peak.gigabytesPerSecond
    }
    return result
  }
}

extension BenchResult {
  /// A result with its times alone.
  init(_ scenario: any BenchScenario, seconds: [Double], threads: Int) {
    self.init(
      scenario: scenario.name, medianSeconds: seconds.median, seconds: seconds, threads: threads,
      kernels: String(cString: ck_active().pointee.name))
  }
}

extension [Double] {
  /// The middle one in order, the upper one of two; 0 of none.
  var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}

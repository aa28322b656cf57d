import Foundation

/// Times parts of the method, beside the PyTorch peer where asked for.
public struct BenchSession {
  public init() {}

  /// - Throws: `SessionError.peerFailed` where the peer is asked for work that it does not have, or fails; what the
  ///   scenario throws.
  public func run(_ scenario: any BenchScenario, _ request: BenchRequest = BenchRequest()) throws -> BenchResult {
    let peerArguments = scenario.peerArguments(threads: request.threads)
    if request.peerScript != nil, peerArguments == nil {
      throw SessionError.peerFailed(reason: "it has no scenario \(scenario.name); leave --peer out")
    }
    var result = try scenario.run(request)
    result.peakMemoryBytes = Self.peakMemory
    if let script = request.peerScript, let peerArguments {
      let answer = try PeerProcess(script: script).run(peerArguments)
      result.peerMedianSeconds = answer.medianSeconds
      result.ratio = answer.medianSeconds / result.medianSeconds
      result.peer = "PyTorch \(answer.torch)"
    }
    return result
  }

  /// The largest resident memory of this process so far, in bytes.
  private static var peakMemory: Int? {
    var usage = rusage()
    #if os(Linux)
      let (who, unit) = (__rusage_who_t(RUSAGE_SELF.rawValue), 1024)
    #else
      let (who, unit) = (RUSAGE_SELF, 1)
    #endif
    return getrusage(who, &usage) == 0 ? Int(usage.ru_maxrss) * unit : nil
  }
}

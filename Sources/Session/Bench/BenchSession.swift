import CKernels
import Decomposition
import Foundation

/// What `hypernvd bench` can time.
public enum BenchScenario: String, CaseIterable, Sendable {
  /// One training iteration of the paper's preset: 10,000 stencils, all losses, 768x432, 16 frames.
  case iteration
  /// One training iteration of the default preset.
  case fastIteration = "fast-iteration"
}

/// Times parts of the method, beside the PyTorch peer where asked for.
public struct BenchSession {
  /// Points of the `iteration` scenario.
  private static let points = 10_000

  public init() {}

  /// - Parameters:
  ///   - repetitions: how many times to measure, after two that warm up.
  ///   - peerScript: the PyTorch peer to time in the same run; only for `.iteration`.
  public func run(
    _ scenario: BenchScenario, repetitions: Int, threads: Int? = nil, peerScript: URL? = nil
  ) throws -> BenchResult {
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let trainer = try Trainer(
      clip: BenchClip.make(), configuration: configuration(scenario), seed: 1, threads: threads)
    var seconds: [Double] = []
    for round in 0..<(repetitions + 2) {
      let start = Date()
      try trainer.step(progress: 0)
      if round >= 2 { seconds.append(-start.timeIntervalSinceNow) }
    }
    var result = BenchResult(
      scenario: scenario.rawValue, medianSeconds: seconds.sorted()[seconds.count / 2], seconds: seconds,
      threads: threads, kernels: String(cString: ck_active().pointee.name))
    if let peerScript {
      let answer = try PeerProcess(script: peerScript).run(threads: threads, points: Self.points)
      result.peerMedianSeconds = answer.medianSeconds
      result.peer = "PyTorch \(answer.torch)"
    }
    return result
  }

  private func configuration(_ scenario: BenchScenario) -> DecompositionConfiguration {
    switch scenario {
    case .fastIteration:
      return .preset(.fast)
    case .iteration:
      var configuration = DecompositionConfiguration.preset(.paper)
      configuration.training.sampling.batchPoints = Self.points
      return configuration
    }
  }
}

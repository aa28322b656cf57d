import CKernels
import Decomposition
import Foundation

/// What `hypernvd bench` can time.
public enum BenchScenario: String, CaseIterable, Sendable {
  /// One training iteration of the paper's preset: 10,000 stencils, all losses, 768x432, 16 frames.
  case iteration
  /// One training iteration of the default preset: 10,000 points, all losses of a run's first fifth, the same clip.
  case fastIteration = "fast-iteration"

  /// What the scenario trains.
  var configuration: DecompositionConfiguration {
    var configuration = DecompositionConfiguration.preset(self == .iteration ? .paper : .fast)
    configuration.training.sampling.batchPoints = 10_000
    return configuration
  }
}

/// Times parts of the method, beside the PyTorch peer where asked for.
public struct BenchSession {
  public init() {}

  /// - Parameters:
  ///   - repetitions: how many times to measure, after two that warm up.
  ///   - peerScript: the PyTorch peer to time in the same run, on the same scenario.
  public func run(
    _ scenario: BenchScenario, repetitions: Int, threads: Int? = nil, peerScript: URL? = nil
  ) throws -> BenchResult {
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let trainer = try Trainer(
      clip: BenchClip.make(), configuration: scenario.configuration, seed: 1, threads: threads)
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
      let answer = try PeerProcess(script: peerScript).run(scenario, threads: threads)
      result.peerMedianSeconds = answer.medianSeconds
      result.ratio = answer.medianSeconds / result.medianSeconds
      result.peer = "PyTorch \(answer.torch)"
    }
    return result
  }
}

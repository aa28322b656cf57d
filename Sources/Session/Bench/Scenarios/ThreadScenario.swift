import Decomposition

/// The same iterations with one thread and with all.
public struct ThreadScenario: BenchScenario {
  public let name = "threads"
  public let summary = "one iteration of the paper's preset with one thread, and one with all"
  public let hasSettings = true

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let clip = try BenchClip.make(size: request.size, frames: request.frames)
    let works = try [1, request.threads].map { threads in
      let trainer = try Trainer(
        clip: clip, configuration: request.configuration(.paper), seed: 1, threads: threads)
      return BenchWork(threads == 1 ? "1 thread" : "\(threads) threads") { _ in try trainer.step(progress: 0) }
    }
    let rounds = try BenchRounds(works, request, repetitions: request.repetitions ?? defaultRepetitions)
    var result = rounds.result(self, request)
    result.speedup = rounds.seconds[0].median / rounds.seconds[1].median
    return result
  }
}

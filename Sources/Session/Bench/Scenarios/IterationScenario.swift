import Decomposition

/// One training iteration of a preset, on a clip of noise whose camera moves.
public struct IterationScenario: BenchScenario {
  /// All losses as in the first fifth of a run of the paper's preset: 10,000 stencils.
  public static let paper = IterationScenario(name: "iteration", preset: .paper)
  /// The same of the default preset: 10,000 points.
  public static let fast = IterationScenario(name: "fast-iteration", preset: .fast)

  public let name: String
  public let hasSettings = true
  let preset: Preset

  public var summary: String {
    let whose = preset == .paper ? "the paper's preset (10,000 stencils)" : "the default preset (10,000 points)"
    return "one training iteration of \(whose) with all losses"
  }

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let trainer = try Trainer(
      clip: BenchClip.make(size: request.size, frames: request.frames), configuration: request.configuration(preset),
      seed: 1, threads: request.threads)
    let work = BenchWork(name) { round in
      if round == request.warmUp { trainer.timeParts() }
      try trainer.step(progress: 0)
    }
    var result = try BenchRounds([work], request, repetitions: request.repetitions ?? defaultRepetitions)
      .result(self, request)
    let parts = trainer.partSeconds
    let total = parts.values.reduce(0, +)
    result.share = Dictionary(uniqueKeysWithValues: parts.map { ($0.key.rawValue, $0.value / max(total, 1e-12)) })
    return result
  }

  public func peerArguments(threads: Int) -> [String]? {
    var sampling = DecompositionConfiguration.preset(preset).training.sampling
    sampling.batchPoints = BenchRequest().points
    let points = sampling.groupSize == 3 ? 3 * sampling.batchPoints : sampling.batchPoints
    return [
      "--preset", preset.rawValue, "--threads", "\(threads)", "--points", "\(sampling.batchPoints)", "--patches",
      "\(points / sampling.patchEvery)",
    ]
  }
}

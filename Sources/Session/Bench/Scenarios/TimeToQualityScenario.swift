import Decomposition

/// A training run of the default preset, and when it passed which quality.
///
/// The clock runs while iterations do; the quality of pixels spread over all frames is measured fifty times in between,
/// with the clock stopped. Every repetition has a seed of its own.
public struct TimeToQualityScenario: BenchScenario {
  public let name = "time-to-psnr"
  public let summary = "a training run of the default preset: seconds until PSNR thresholds were passed"
  public let hasSettings = true
  public var defaultRepetitions: Int { 1 }

  private static let measurements = 50

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let clip = try clip(request)
    let curves = try (0..<(request.repetitions ?? defaultRepetitions)).map { seed in
      try Trainer(
        clip: clip, configuration: request.trainedConfiguration(for: clip), seed: UInt64(seed), threads: request.threads
      ).curve(budget: .seconds(request.trainingSeconds), measurements: Self.measurements)
    }
    let thresholds = request.thresholds.sorted().map { psnr in
      let reached = curves.compactMap { $0.first(reaching: psnr)?.seconds }
      return BenchResult.Threshold(psnr: psnr, seconds: 2 * reached.count >= curves.count ? reached.median : nil)
    }
    // What stands for the run: the highest threshold that every repetition passed, else the whole run.
    let goal = thresholds.last { threshold in curves.allSatisfy { $0.first(reaching: threshold.psnr) != nil } }
    let seconds = curves.map { curve in
      curve.first(reaching: goal?.psnr ?? .infinity)?.seconds ?? curve.points.last?.seconds ?? 0
    }
    var result = BenchResult(self, seconds: seconds, threads: request.threads)
    result.thresholds = thresholds
    result.finalPSNR = curves.compactMap(\.points.last?.psnr).median
    return result
  }

  private func clip(_ request: BenchRequest) throws -> TrainingClip {
    guard let source = request.clip else { return try BenchModel.clip(request) }
    let context = SessionContext()
    let masks = request.masks.map { MaskChoice.given(path: $0) } ?? .automatic
    return try Preparation(clip: source.read(context), masks: masks, context).trainingClip()
  }
}

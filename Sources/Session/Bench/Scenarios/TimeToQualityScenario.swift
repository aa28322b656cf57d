import Decomposition
import Dispatch

/// A training run of the default preset, and when it passed which quality.
///
/// The clock runs while iterations do; the quality of pixels spread over all frames is measured fifty times in between,
/// with the clock stopped. Every repetition has a seed of its own.
public struct TimeToQualityScenario: BenchScenario {
  public let name = "time-to-psnr"
  public let summary = "a training run of the default preset: seconds until PSNR thresholds were passed"
  public var defaultRepetitions: Int { 1 }

  private static let measurements = 50

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let clip = try clip(request)
    let curves = try (0..<(request.repetitions ?? defaultRepetitions)).map { seed in
      try curve(clip, seed: UInt64(seed), request)
    }
    let thresholds = request.thresholds.sorted().map { psnr in
      let reached = curves.compactMap { curve in curve.first { $0.psnr >= psnr }?.seconds }
      return BenchResult.Threshold(psnr: psnr, seconds: 2 * reached.count >= curves.count ? reached.median : nil)
    }
    // What stands for the run: the highest threshold that every repetition passed, else the whole run.
    let goal = thresholds.last { threshold in curves.allSatisfy { $0.contains { $0.psnr >= threshold.psnr } } }
    let seconds = curves.map { curve in
      curve.first { $0.psnr >= goal?.psnr ?? .infinity }?.seconds ?? curve.last?.seconds ?? 0
    }
    var result = BenchResult(self, seconds: seconds, threads: request.threads)
    result.thresholds = thresholds
    result.finalPSNR = curves.compactMap(\.last?.psnr).median
    return result
  }

  private func curve(
    _ clip: TrainingClip, seed: UInt64, _ request: BenchRequest
  ) throws -> [(seconds: Double, psnr: Double)] {
    let trainer = try Trainer(
      clip: clip, configuration: request.trainedConfiguration(), seed: seed, threads: request.threads)
    var (elapsed, curve) = (0.0, [(seconds: Double, psnr: Double)]())
    while elapsed < request.trainingSeconds {
      let start = DispatchTime.now().uptimeNanoseconds
      try trainer.step(progress: elapsed / request.trainingSeconds)
      elapsed += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
      let share = min(1, elapsed / request.trainingSeconds)
      if Int(share * Double(Self.measurements)) > curve.count || share == 1 {
        curve.append((elapsed, trainer.measureQuality().psnr))
      }
    }
    return curve
  }

  private func clip(_ request: BenchRequest) throws -> TrainingClip {
    guard let source = request.clip else { return try BenchModel.clip(request) }
    let context = SessionContext()
    let masks = request.masks.map { MaskChoice.given(path: $0) } ?? .automatic
    return try Preparation(clip: source.read(context), masks: masks, context).trainingClip()
  }
}

import Foundation

/// Turns iterations into progress reports: rate, time left, PSNR of the points seen lately.
struct ProgressMeter {
  private let budget: TrainingBudget
  private var lastReport: Double
  private var points = 0
  private var iterations = 0
  private var sums = LossTerms()
  private var rate: Double = 0
  private var mean: [String: Double] = [:]
  private var psnr: Double?
  private var rgbWeight: Float = 0

  /// Seconds between reports.
  private static let interval = 0.5

  init(budget: TrainingBudget, now: Double) {
    self.budget = budget
    lastReport = now
  }

  mutating func add(_ terms: LossTerms, points: Int, weights: LossWeights) {
    sums += terms
    self.points += points
    iterations += 1
    rgbWeight = weights.rgb
  }

  /// A report where one is due.
  mutating func report(iteration: Int, elapsed: Double) -> TrainingProgress? {
    guard elapsed - lastReport >= Self.interval, iterations > 0 else { return nil }
    rate = Double(points) / (elapsed - lastReport)
    mean = sums.byName.mapValues { $0 / Double(iterations) }
    let squaredError = sums[.rgb] / Double(iterations) / Double(max(rgbWeight, 1e-12)) / 3
    psnr = squaredError > 0 ? -10 * log10(squaredError) : nil
    sums = LossTerms()
    points = 0
    iterations = 0
    lastReport = elapsed
    return current(iteration: iteration, elapsed: elapsed)
  }

  func current(iteration: Int, elapsed: Double) -> TrainingProgress {
    let share = budget.progress(iteration: iteration, elapsed: elapsed)
    var total: Int?
    if case .iterations(let count) = budget { total = count }
    return TrainingProgress(
      iteration: iteration, totalIterations: total, elapsedSeconds: elapsed,
      remainingSeconds: share > 0 ? elapsed * (1 - share) / share : 0, pointsPerSecond: rate, psnr: psnr,
      psnrWithoutResiduals: nil, losses: mean)
  }
}

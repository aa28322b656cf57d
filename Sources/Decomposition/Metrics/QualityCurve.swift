import Dispatch

/// How the quality of a model rose while it trained.
public struct QualityCurve: Codable, Equatable, Sendable {
  public struct Point: Codable, Equatable, Sendable {
    /// Iterations done.
    public var iteration: Int
    /// Seconds trained; measuring does not count.
    public var seconds: Double
    /// PSNR in dB of pixels spread over all frames (`Trainer.measureQuality`).
    public var psnr: Double
    /// The same without residuals.
    public var psnrWithoutResiduals: Double
  }

  /// The first one is of the model before its first iteration, with what comes before it done (`Trainer.prepare`).
  public var points: [Point]

  public init(points: [Point] = []) { self.points = points }

  /// The first measurement after the start that is at least so good; nil where there is none.
  public func first(reaching psnr: Double) -> Point? { points.first { $0.iteration > 0 && $0.psnr >= psnr } }
}

extension Trainer {
  /// Trains from the beginning and measures the quality on the way, at equal shares of the budget. The clock runs while
  /// iterations (and what comes before the first) do, and stands while quality is measured.
  /// - Parameters:
  ///   - measurements: besides the one before the first iteration; fewer where there are fewer iterations.
  ///   - shouldStop: asked before every iteration; the curve then ends early.
  ///   - onEvent: hears of what comes before the first iteration.
  ///   - onPoint: hears every measurement.
  /// - Throws: `DecompositionError.diverged`.
  public func curve(
    budget: TrainingBudget, measurements: Int = 50, shouldStop: () -> Bool = { false },
    onEvent: (TrainingEvent) -> Void = { _ in }, onPoint: (QualityCurve.Point) -> Void = { _ in }
  ) throws -> QualityCurve {
    self.budget = budget
    var curve = QualityCurve()
    func measure() {
      let quality = measureQuality()
      let point = QualityCurve.Point(
        iteration: iteration, seconds: elapsed, psnr: quality.psnr, psnrWithoutResiduals: quality.withoutResiduals)
      curve.points.append(point)
      onPoint(point)
    }
    var start = DispatchTime.now().uptimeNanoseconds
    func stopClock() { elapsed += Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9 }
    prepare(shouldStop: shouldStop, onEvent: onEvent)
    guard isPrepared else { return curve }
    stopClock()
    measure()
    var share = budget.progress(iteration: iteration, elapsed: elapsed)
    var measured = 0
    while share < 1, !shouldStop() {
      start = DispatchTime.now().uptimeNanoseconds
      try step(progress: share)
      stopClock()
      share = budget.progress(iteration: iteration, elapsed: elapsed)
      if Int(share * Double(measurements)) > measured || share == 1 {
        measured = Int(share * Double(measurements))
        measure()
      }
    }
    return curve
  }
}

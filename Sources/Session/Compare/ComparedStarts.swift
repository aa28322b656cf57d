import Decomposition
import Foundation
import Media

/// Two starts of the same training beside each other.
public struct ComparedStarts: Codable, Equatable, Sendable {
  /// One training run.
  public struct Run: Codable, Equatable, Sendable {
    /// What it started from.
    public var start: String
    /// Seconds that finding the parameters took, before training: embedding and prediction; none for random values.
    public var startSeconds: Double
    public var curve: QualityCurve
    /// Every pixel of every frame, after training.
    public var evaluation: Evaluation
  }

  /// Both starts with one budget; the schedule was planned for it.
  public struct AtBudget: Codable, Equatable, Sendable {
    public var budget: TrainingBudget
    public var run: Run
    public var baseline: Run
    /// Where the run passed what the baseline reached in the end, by the curves' measure; nil where it did not.
    public var passes: QualityCurve.Point?

    /// How many dB the run is better in the end.
    public var gain: Double { run.evaluation.psnr - baseline.evaluation.psnr }
  }

  public var clip: String
  public var frames: Int
  public var size: PixelSize
  /// The fields of the configuration that differ from the preset's.
  public var preset: Preset
  public var settings: [String: JSONValue]
  public var seed: UInt64
  public var threads: Int
  public var kernels: String
  public var budgets: [AtBudget]
}

extension ComparedStarts.AtBudget {
  init(budget: TrainingBudget, run: ComparedStarts.Run, baseline: ComparedStarts.Run) {
    self.init(
      budget: budget, run: run, baseline: baseline,
      passes: baseline.curve.points.last.flatMap { run.curve.first(reaching: $0.psnr) })
  }
}

extension TrainingBudget {
  /// "10 s", or "200 iterations".
  public var text: String {
    switch self {
    case .seconds(let seconds):
      seconds < 60 ? "\(String(format: "%g", seconds)) s" : TextFormat.duration(seconds)
    case .iterations(let count): "\(count) iterations"
    }
  }
}

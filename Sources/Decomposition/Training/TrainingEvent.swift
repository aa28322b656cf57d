import Foundation

/// Where a training run stands.
public struct TrainingProgress: Codable, Equatable, Sendable {
  /// Iterations done.
  public var iteration: Int
  /// The last iteration's number where the budget is in iterations.
  public var totalIterations: Int?
  public var elapsedSeconds: Double
  public var remainingSeconds: Double
  /// Colour points a second, lately.
  public var pointsPerSecond: Double
  /// PSNR in dB: of the points of the latest iterations for `.progress`, of fixed pixels of all frames for `.evaluated`.
  public var psnr: Double?
  /// The same for the reconstruction without residuals; only for `.evaluated`.
  public var psnrWithoutResiduals: Double?
  /// Weighted losses by name, mean over the latest iterations.
  public var losses: [String: Double]
}

/// What a trainer reports. It never prints.
public enum TrainingEvent: Sendable {
  /// After every round of the mappings' warm-up, where the configuration has one.
  case warmedUp(rounds: Int, total: Int)
  /// About twice a second.
  case progress(TrainingProgress)
  /// After every tenth of the budget: quality on pixels spread over the clip.
  case evaluated(TrainingProgress)
  case checkpoint(URL)
}

/// How a call to `train` ended.
public enum TrainingOutcome: String, Codable, Sendable {
  case finished
  /// `shouldStop` said so; the checkpoint is saved where one was asked for.
  case interrupted
}

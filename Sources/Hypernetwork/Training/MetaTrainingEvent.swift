import Foundation

/// What one visit of a meta-training did.
public struct MetaVisit: Codable, Equatable, Sendable {
  /// Visits done.
  public var visit: Int
  /// The last visit's number where the budget is in visits.
  public var totalVisits: Int?
  public var elapsedSeconds: Double
  public var remainingSeconds: Double
  public var videos: [String]
  /// Mean over the videos of the PSNR in dB of the predicted models, before any training on them.
  public var psnr: Double
  /// The same after the visit's iterations, where they trained the models (Reptile).
  public var adaptedPSNR: Double?
  /// Mean of the weighted losses over the visit's iterations.
  public var loss: Double
}

/// What a meta-trainer reports. It never prints.
public enum MetaTrainingEvent: Sendable {
  /// A clip was opened and embedded for the first time.
  case embedded(video: String, done: Int, total: Int)
  /// After every round of the mappings' warm-up, where the configuration has one.
  case warmedUp(rounds: Int, total: Int)
  case visited(MetaVisit)
  /// PSNR in dB of the predicted model of a training video as it is, at the end.
  case evaluated(video: String, psnr: Double)
  case checkpoint(URL)
}

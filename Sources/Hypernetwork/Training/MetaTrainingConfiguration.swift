import NeuralField

/// How a metamodel is trained. The training goes in visits: some videos are opened, each with an augmentation of its own,
/// and worked on for some iterations.
public struct MetaTrainingConfiguration: Codable, Equatable, Sendable {
  /// What moves the hypernetwork.
  public enum Update: String, Codable, CaseIterable, Sendable {
    /// The paper's: in every iteration the gradient of the losses at the predicted parameters, through the hypernetwork.
    case joint
    /// After Nichol, Achiam and Schulman 2018: from the prediction theta0 the NVD model is trained for the iterations of
    /// the visit, by the trainer that every clip is trained with, to theta_k; then the prediction moves toward it, along
    /// theta0 - theta_k in place of a gradient. What fine-tuning finds easily from where it starts is what is learned.
    case reptile
  }

  public var update: Update
  /// Videos that are open at the same time, and whose gradients make one step.
  public var videosPerVisit: Int
  public var iterationsPerVisit: Int
  /// Reptile: the share of the way to theta_k that the prediction moves. Joint: a factor of the grids' and networks' rates.
  public var rate: Float
  public var schedule: RateSchedule
  /// The share of the movement that depends on the embedding.
  public var headShare: Float
  /// Adam's rate for the MLPs from the embedding to the coefficients.
  public var trunkRate: Float
  public var augmentation: AugmentationConfiguration
  /// A trained vector a video in place of the embedding: the paper's ablation. Allows no augmentation.
  public var learnsEmbeddings: Bool

  enum CodingKeys: String, CodingKey {
    case update, rate, schedule, augmentation
    case videosPerVisit = "videos_per_visit"
    case iterationsPerVisit = "iterations_per_visit"
    case headShare = "head_share"
    case trunkRate = "trunk_learning_rate"
    case learnsEmbeddings = "learns_embeddings"
  }

  /// The default.
  public static let reptile = MetaTrainingConfiguration(
    update: .reptile, videosPerVisit: 1, iterationsPerVisit: 800, rate: 0.3,
    schedule: .exponential(from: 0.5, floor: 0.1), headShare: 0.5, trunkRate: 1e-4, augmentation: .standard,
    learnsEmbeddings: false)

  /// The paper's update with three videos a step; `videosPerVisit` of at least the number of clips gives all of them.
  public static let joint = MetaTrainingConfiguration(
    update: .joint, videosPerVisit: 3, iterationsPerVisit: 50, rate: 1, schedule: .exponential(from: 0.5, floor: 0.1),
    headShare: 0.9, trunkRate: 1e-4, augmentation: .none, learnsEmbeddings: false)

  public static func preset(_ update: Update) -> MetaTrainingConfiguration { update == .joint ? .joint : .reptile }

  /// What no training can have; nil where the values can be.
  public var fault: String? {
    if !(1...1024).contains(videosPerVisit) { return "videos_per_visit must be from 1 to 1024, not \(videosPerVisit)" }
    if !(1...1_000_000).contains(iterationsPerVisit) {
      return "iterations_per_visit must be from 1 to 1000000, not \(iterationsPerVisit)"
    }
    if !(0...10).contains(rate) { return "rate must be from 0 to 10, not \(rate)" }
    if !schedule.isPlausible { return "from and floor of schedule must be from 0 to 1" }
    if !(0...1).contains(headShare) { return "head_share must be from 0 to 1, not \(headShare)" }
    if !(0...1).contains(trunkRate) { return "trunk_learning_rate must be from 0 to 1, not \(trunkRate)" }
    if !(0...1).contains(augmentation.plainShare) { return "plain_share must be from 0 to 1" }
    if !(0...16).contains(augmentation.darkestGain) { return "darkest_gain must be from 0 to 16" }
    if learnsEmbeddings && augmentation.plainShare < 1 {
      return "learned embeddings belong to the clips as they are; set augmentation.plain_share to 1"
    }
    return nil
  }
}

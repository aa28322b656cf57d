/// Where a model's parameters start: random values, or what a metamodel predicts from the clip.
public protocol InitialParameters: Sendable {
  /// What curves and tables call it.
  var name: String { get }
  /// Writes all of `model.parameters`.
  /// - Parameters:
  ///   - model: made for `clip`.
  ///   - seed: where random numbers start.
  /// - Throws: what tells that the model has another shape than the values are for.
  func initialize(_ model: NVDModel, for clip: TrainingClip, seed: UInt64) throws
}

/// Random values: every clip from nothing.
public struct FromScratch: InitialParameters {
  public init() {}

  public var name: String { "scratch" }

  public func initialize(_ model: NVDModel, for clip: TrainingClip, seed: UInt64) { model.initialize(seed: seed) }
}

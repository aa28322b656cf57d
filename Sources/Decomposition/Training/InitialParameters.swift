import NeuralField

/// Where a model's parameters start: random values, or what a metamodel predicts from the clip.
public protocol InitialParameters: Sendable {
  /// What curves and tables call it.
  var name: String { get }
  /// The model that they are for; nil: any.
  var model: ModelConfiguration? { get }
  /// The parameters of a clip's model; nil: random values of the training's seed.
  /// - Parameter clipName: what people call the clip: a metamodel may know it by that.
  /// - Throws: what tells that they are for another model.
  func parameters(for clip: TrainingClip, called clipName: String, model: ModelConfiguration) throws -> AlignedBuffer?
}

/// Random values: every clip from nothing.
public struct FromScratch: InitialParameters {
  public init() {}

  public var name: String { "scratch" }
  public var model: ModelConfiguration? { nil }

  public func parameters(for clip: TrainingClip, called clipName: String, model: ModelConfiguration) -> AlignedBuffer? {
    nil
  }
}

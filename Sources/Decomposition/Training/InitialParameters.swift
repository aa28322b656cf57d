import NeuralField

/// Where a model's parameters start: random values, or what a metamodel predicts from the clip.
public protocol InitialParameters: Sendable {
  /// What curves and tables call it.
  var name: String { get }
  /// The model that they are for; nil: any sizes of tables.
  var model: ModelConfiguration? { get }
  /// Whether the parameters say something of the clip's textures, which then are not painted.
  var holdsTextures: Bool { get }
  /// Whether the parameters have trained mappings, which then need no warm-up.
  var holdsMappings: Bool { get }
  /// The parameters of a clip's model; nil: random values of the training's seed.
  /// - Parameters:
  ///   - clipName: what people call the clip: a metamodel may know it by that.
  ///   - seed: the training's, for values that are random here too.
  /// - Throws: what tells that they are for another model.
  func parameters(
    for clip: TrainingClip, called clipName: String, model: ModelConfiguration, seed: UInt64
  ) throws -> AlignedBuffer?
}

/// Random values: every clip from nothing.
public struct FromScratch: InitialParameters {
  public init() {}

  public var name: String { "scratch" }
  public var model: ModelConfiguration? { nil }
  public var holdsTextures: Bool { false }
  public var holdsMappings: Bool { false }

  public func parameters(
    for clip: TrainingClip, called clipName: String, model: ModelConfiguration, seed: UInt64
  ) -> AlignedBuffer? { nil }
}

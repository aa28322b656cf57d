import NeuralField

/// The parameters of another clip's model as the start of a new one: what a metamodel has to be better than.
public struct ModelAsStart: InitialParameters {
  public let name: String
  private let other: NVDModel
  public var model: ModelConfiguration? { other.configuration }
  public var holdsTextures: Bool { true }
  public var holdsMappings: Bool { true }

  public init(_ model: NVDModel, name: String) {
    (other, self.name) = (model, name)
  }

  /// - Throws: `DecompositionError.unsuitable` where the clip's model does not have the same networks.
  public func parameters(
    for clip: TrainingClip, called clipName: String, model configuration: ModelConfiguration, seed: UInt64
  ) throws -> AlignedBuffer? {
    guard other.configuration == configuration, other.layerCount == clip.layerNames.count else {
      throw DecompositionError.unsuitable(
        "\(name) has other networks or another number of layers than the model that shall start from it; "
          + "use the preset and settings that it was trained with")
    }
    // The same networks in the same order: the same places, whatever the layers are called.
    return other.parameters
  }
}

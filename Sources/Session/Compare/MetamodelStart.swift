import Decomposition
import Hypernetwork
import NeuralField

/// What a metamodel predicts for a clip.
struct MetamodelStart: InitialParameters {
  let name: String
  let metamodel: Metamodel
  var model: ModelConfiguration? { metamodel.fixedModel }
  var holdsTextures: Bool { metamodel.predictsTextures }
  var holdsMappings: Bool { metamodel.predictsMappings }

  /// - Throws: `HypernetworkError.mismatch`; what opening the embedder and embedding report.
  func parameters(
    for clip: TrainingClip, called clipName: String, model: ModelConfiguration, seed: UInt64
  ) throws -> AlignedBuffer? { try prediction(for: clip, called: clipName, model: model, seed: seed) }

  func prediction(
    for clip: TrainingClip, called clipName: String, model: ModelConfiguration, seed: UInt64
  ) throws -> AlignedBuffer {
    let (vector, embedder) = try metamodel.embed(clip, name: clipName)
    return try metamodel.parameters(
      for: vector, from: embedder, model: model, layerCount: clip.layerNames.count, seed: seed)
  }
}

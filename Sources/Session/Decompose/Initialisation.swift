import Decomposition
import Embedding
import Foundation
import Hypernetwork
import NeuralField

/// Where the training of a clip starts instead of at random values: what a metamodel predicts for it.
struct Initialisation {
  let path: String
  private let metamodel: Metamodel

  /// - Throws: `HypernetworkError` where the file cannot be used.
  init(_ url: URL) throws {
    path = url.standardizedFileURL.path
    metamodel = try Metamodel(contentsOf: url)
  }

  /// The only model that it can start; nil: any sizes of tables.
  var model: ModelConfiguration? { metamodel.fixedModel }

  /// Whether the parameters say something of the clip's textures.
  var holdsTextures: Bool { metamodel.predictsTextures }
  /// Whether their mappings are trained ones.
  var holdsMappings: Bool { metamodel.predictsMappings }

  /// - Parameter model: of the project to be.
  /// - Throws: `HypernetworkError.mismatch` where the metamodel is for another one.
  func check(_ model: ModelConfiguration) throws {
    let description = metamodel.description
    try metamodel.check(embedder: description.embedder, model: model, layerCount: description.layerCount)
  }

  /// The parameters for a clip.
  /// - Parameter seed: the training's, for what the metamodel leaves random.
  /// - Throws: `HypernetworkError.mismatch`; what opening the embedder and embedding report.
  func parameters(
    for clip: TrainingClip, name: String, model: ModelConfiguration, seed: UInt64, _ context: SessionContext
  ) throws -> AlignedBuffer {
    context.onEvent(.began(.embedding))
    let (vector, embedder) = try metamodel.embed(clip, name: name)
    return try metamodel.parameters(
      for: vector, from: embedder, model: model, layerCount: clip.layerNames.count, seed: seed)
  }

  /// For the project's record.
  func record(_ quality: (psnr: Double, withoutResiduals: Double)) -> ProjectRecord.Initialisation {
    ProjectRecord.Initialisation(
      metamodel: path, embedder: metamodel.description.embedder, psnr: quality.psnr,
      psnrWithoutResiduals: quality.withoutResiduals)
  }
}

extension Metamodel {
  /// The vector of a clip by the metamodel's own embedder.
  /// - Parameter name: the clip's: what a learned vector is found by.
  /// - Returns: the vector, and the embedder's name.
  /// - Throws: `HypernetworkError.mismatch` where there is none; what opening the embedder and embedding report.
  func embed(_ clip: TrainingClip, name: String) throws -> (vector: [Float], embedder: String) {
    if description.embedder == LearnedEmbeddings.name {
      guard let vector = learnedEmbedding(of: name) else {
        throw HypernetworkError.mismatch(
          "the metamodel has learned embeddings, which say nothing of the clip \(name); it knows "
            + description.trainedOn.map(\.name).joined(separator: ", "))
      }
      return (vector, LearnedEmbeddings.name)
    }
    guard let choice = description.embedderChoice else {
      throw HypernetworkError.mismatch(
        "the metamodel needs the embedder \(description.embedder), which is not known here")
    }
    let embedder = try choice.open()
    return (try embedder.embed(clip), embedder.name)
  }
}

import Decomposition
import Embedding
import Foundation
import Hypernetwork
import NeuralField

/// How the metamodels of a table differ from each other.
struct MetaVariant {
  var update = MetaTrainingConfiguration.Update.joint
  /// A trained vector a video instead of one that is computed from its frames.
  var learnsEmbeddings = false
  /// Hash grids that all videos share.
  var universalGrids = false
  /// nil: the update's own.
  var augmentation: AugmentationConfiguration?
}

extension Reproduction {
  /// Trains a metamodel on some clips of the data folder: the request's budget for each of them.
  func metamodel(_ names: [String], _ variant: MetaVariant) throws -> Metamodel {
    var hypernetwork = HypernetworkConfiguration.preset(request.form, for: variant.update)
    if variant.universalGrids { hypernetwork.predictedGrids = .none }
    var settings = MetaTrainingConfiguration.preset(variant.update)
    settings.learnsEmbeddings = variant.learnsEmbeddings
    if let augmentation = variant.augmentation { settings.augmentation = augmentation }
    if variant.update == .joint { settings.videosPerVisit = names.count }
    let library = try PreparedClipLibrary(names.map { data.preparation($0) }, in: request.cache, context)
    let budget = Self.budget(request.metaBudget ?? request.budget, videos: names.count, &settings)
    let trainer = try MetaTrainer(
      library: library, embedder: request.embedder.open(), choice: request.embedder, hypernetwork: hypernetwork,
      configuration: configuration, settings: settings, seed: request.seed, threads: threads)
    context.onEvent(.began(.training))
    let outcome = try trainer.train(budget: budget, shouldStop: context.shouldStop) { event in
      switch event {
      case .warmedUp(let rounds, let total): context.onEvent(.advanced(.warmup, done: rounds, total: total))
      case .visited(let visit): context.onEvent(.metaVisit(visit))
      case .embedded, .evaluated, .checkpoint: break
      }
    }
    guard outcome == .finished else { throw SessionError.interrupted }
    return trainer.metamodel
  }

  /// The whole of a meta-training: so much for each of its videos. Iterations become visits, in which every iteration
  /// is one of every open video.
  static func budget(
    _ each: TrainingBudget, videos: Int, _ settings: inout MetaTrainingConfiguration
  ) -> TrainingBudget {
    switch each {
    case .seconds(let seconds): return .seconds(seconds * Double(videos))
    case .iterations(let count):
      settings.iterationsPerVisit = min(settings.iterationsPerVisit, count)
      let visitsOfEach = max(1, count / settings.iterationsPerVisit)
      let together = min(settings.videosPerVisit, videos)
      return .iterations((visitsOfEach * videos + together - 1) / together)
    }
  }

  /// The quality of what a metamodel predicts for a clip, without any training on it.
  func predicted(_ name: String, by metamodel: Metamodel) throws -> Evaluation {
    let clip = try data.clip(name)
    let parameters = try MetamodelStart(name: "metamodel", metamodel: metamodel)
      .prediction(for: clip, called: name, model: configuration.model, seed: request.seed)
    let model = try NVDModel(
      configuration: configuration.model, geometry: clip.geometry, layerNames: clip.layerNames, motion: clip.motion)
    model.parameters.copy(from: UnsafeBufferPointer(start: parameters.pointer, count: parameters.count))
    context.onEvent(.began(.evaluating))
    return try Evaluation.measure(Renderer(model: model, threads: threads), clip: clip)
  }
}

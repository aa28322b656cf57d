import Decomposition
import Embedding
import Foundation
import Hypernetwork
import Media

/// From some clips to a metamodel.
public struct MetaTrainSession {
  let context: SessionContext

  /// Seconds between checkpoints: the full form's has several gigabytes.
  private static let checkpointInterval = 300.0

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Returns: what the metamodel file says about itself.
  /// - Throws: `SessionError`, `HypernetworkError`, and what reading clips, flow, masks and embedding report;
  ///   `SessionError.interrupted` after a checkpoint was saved.
  public func run(_ request: MetaTrainRequest) throws -> Metamodel.Description {
    try check(request)
    let library = try library(request)
    let trainer = try trainer(request, library)
    context.onEvent(.began(.training))
    let outcome = try trainer.train(
      budget: request.budget ?? trainer.budget ?? MetaTrainRequest.defaultBudget, checkpoint: request.checkpoint,
      checkpointInterval: Self.checkpointInterval, shouldStop: context.shouldStop, onEvent: handle)
    if outcome == .interrupted {
      if trainer.isPrepared { context.onEvent(.checkpointSaved(request.checkpoint)) }
      throw SessionError.interrupted
    }
    try trainer.metamodel.save(to: request.output)
    FileAccess.remove(request.checkpoint)
    context.onEvent(.wrote(request.output))
    return trainer.metamodel.description
  }

  private func check(_ request: MetaTrainRequest) throws {
    let settings = request.settings
    try settings.decomposition.check()
    if let fault = settings.hypernetwork.fault { throw SessionError.badSetting(key: "hypernetwork", reason: fault) }
    if let fault = settings.meta.fault { throw SessionError.badSetting(key: "meta", reason: fault) }
    if FileAccess.exists(request.output) && !request.force { throw SessionError.fileExists(path: request.output.path) }
    let isStarted = FileAccess.exists(request.checkpoint)
    if request.resumes && !isStarted {
      throw SessionError.fileAbsent(option: "--resume", path: request.checkpoint.path)
    }
    if !request.resumes && isStarted && !request.force {
      throw SessionError.checkpointExists(path: request.checkpoint.path)
    }
    // Before minutes of work: can a file be written there at all?
    let probe = request.output.appendingPathExtension("writable")
    try FileAccess.write(Data([0]), to: probe)
    FileAccess.remove(probe)
  }

  /// Prepares the clips that are not kept from before.
  private func library(_ request: MetaTrainRequest) throws -> PreparedClipLibrary {
    let preparations = request.clips.map { clip in
      var source = request.shot
      source.path = clip.path
      return ClipPreparation(
        source: source, masks: clip.masks.map { .given(path: $0) } ?? .automatic, flow: request.flow, name: clip.name)
    }
    return try PreparedClipLibrary(preparations, in: request.cache, context)
  }

  private func trainer(_ request: MetaTrainRequest, _ library: PreparedClipLibrary) throws -> MetaTrainer {
    context.onEvent(.began(.embedding))
    let embedder = try request.embedder.open()
    if request.resumes {
      return try MetaTrainer(
        library: library, embedder: embedder, resuming: request.checkpoint, threads: request.threads)
    }
    return try MetaTrainer(
      library: library, embedder: embedder, choice: request.embedder, hypernetwork: request.settings.hypernetwork,
      configuration: request.settings.decomposition, settings: request.settings.meta, note: request.note,
      seed: request.seed, threads: request.threads)
  }

  private func handle(_ event: MetaTrainingEvent) {
    switch event {
    case .embedded(_, let done, let total): context.onEvent(.advanced(.embedding, done: done, total: total))
    case .warmedUp(let rounds, let total): context.onEvent(.advanced(.warmup, done: rounds, total: total))
    case .visited(let visit): context.onEvent(.metaVisit(visit))
    case .evaluated(let video, let psnr): context.onEvent(.predicted(video: video, psnr: psnr))
    case .checkpoint(let url): context.onEvent(.checkpointSaved(url))
    }
  }
}

import Decomposition
import Foundation
import Media

/// From a clip to a finished project: flow, masks, motion, training, textures and videos.
public struct DecomposeSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// Decomposes a clip into a new project.
  /// - Returns: the finished project.
  /// - Throws: `SessionError`, `MediaError`, `PerceptionError`, `DecompositionError`; `SessionError.interrupted` where
  ///   the work was stopped, after a checkpoint was saved.
  public func run(_ request: DecomposeRequest) throws -> Project {
    let initialisation = try request.metamodel.map { try Initialisation($0) }
    func settled(_ base: DecompositionConfiguration) throws -> DecompositionConfiguration {
      var base = base
      if let model = initialisation?.model { base.model.takeFit(of: model) }
      var result = try SettingsDifference.apply(request.settings, to: base)
      try result.check()
      try initialisation?.check(result.model)
      if let initialisation {
        result.training = result.training.forFineTuning(
          holdsTextures: initialisation.holdsTextures, holdsMappings: initialisation.holdsMappings)
      }
      return result
    }
    // What is wrong with the settings is said before a clip is read.
    _ = try settled(.preset(request.preset))
    let clip = try request.source.read(context)
    let budget = request.budget ?? DecomposeRequest.defaultBudget(of: request.preset)
    let configuration = try settled(.preset(request.preset, for: clip.size, budget: budget))
    // Before the folder is made and flow estimated.
    try request.masks.checkHints(for: clip)
    try Project.makeRoom(at: request.output, force: request.force, for: request.source.path)
    let layout = ProjectLayout(folder: request.output)
    // Files and weights may be others since, under the same names.
    if request.flow != .dis { FileAccess.remove(layout.flowCache) }
    let preparation = try Preparation(
      clip: clip, masks: request.masks, flow: request.flow, ignoresCuts: request.ignoresCuts,
      cache: FlowCache(url: layout.flowCache, of: request.flow), context)
    let trainingClip = try preparation.trainingClip()
    let start = try initialisation?.parameters(
      for: trainingClip, name: clip.name, model: configuration.model, seed: request.seed, context)
    var record = ProjectRecord(
      state: .training, source: ProjectRecord.Source(clip: clip, path: request.source.path),
      masks: preparation.maskOrigin, flow: request.flow, layers: trainingClip.layerNames, preset: request.preset,
      settings: try SettingsDifference.of(configuration, from: DecompositionConfiguration.preset(request.preset)),
      seed: request.seed, budget: budget)
    let trainer = try Trainer(
      clip: trainingClip, configuration: configuration, seed: request.seed, parameters: start,
      threads: request.threads)
    if let initialisation {
      context.onEvent(.began(.training))
      trainer.prepare(shouldStop: context.shouldStop, onEvent: context.pass)
      guard !context.shouldStop() else { throw SessionError.interrupted }
      let quality = trainer.measureQuality()
      context.onEvent(.initialised(psnr: quality.psnr, withoutResiduals: quality.withoutResiduals))
      record.initialisation = initialisation.record(quality)
    }
    Project.clear(request.output)
    try MaskStore(layout: layout).write(preparation.objects)
    // What a resumed run starts from where this one is stopped before its first checkpoint; before there is a record
    // that it could be resumed by.
    if initialisation != nil { try trainer.saveCheckpoint(to: layout.checkpoint) }
    let project = try Project(creating: request.output, record: record)
    return try finish(project, preparation, trainer)
  }

  /// Continues a project that was interrupted, wherever that was.
  public func resume(_ request: ResumeRequest) throws -> Project {
    var project = try Project(opening: request.project)
    guard project.record.state != .finished else {
      throw SessionError.alreadyFinished(path: request.project.path)
    }
    guard project.record.state != .trained || request.budget == nil else {
      throw SessionError.alreadyTrained(path: request.project.path)
    }
    if let budget = request.budget { try project.update { $0.budget = budget } }
    let record = project.record
    let configuration = try record.configuration()
    let layout = project.layout
    let preparation = try project.preparation(sourcePath: request.sourcePath, context)
    if let path = request.sourcePath {
      try project.update { $0.source.path = URL(fileURLWithPath: path).standardizedFileURL.path }
    }
    if record.state == .trained {
      try finishOutputs(&project, preparation, model: try NVDModel(contentsOf: layout.model))
      return project
    }
    let trainingClip = try preparation.trainingClip()
    let trainer =
      FileAccess.exists(layout.checkpoint)
      ? try Trainer(clip: trainingClip, resuming: layout.checkpoint, threads: request.threads)
      : try Trainer(clip: trainingClip, configuration: configuration, seed: record.seed, threads: request.threads)
    return try finish(project, preparation, trainer)
  }

  private func finish(_ project: Project, _ preparation: Preparation, _ trainer: Trainer) throws -> Project {
    var project = project
    let run = try TrainingRun(project: project, trainer: trainer, context).run()
    try trainer.model.save(to: project.layout.model)
    try project.update {
      $0.state = .trained
      $0.run = run
    }
    FileAccess.remove(project.layout.checkpoint)
    try finishOutputs(&project, preparation, model: trainer.model)
    return project
  }

  private func finishOutputs(_ project: inout Project, _ preparation: Preparation, model: NVDModel) throws {
    let metrics = try ProjectOutputs(project: project, preparation: preparation, model: model, context).write()
    try project.update {
      $0.metrics = metrics
      $0.state = .finished
    }
  }
}

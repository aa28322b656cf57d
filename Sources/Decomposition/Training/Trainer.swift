import Foundation
import NeuralField

/// Fits a model to a clip.
///
/// The same clip, configuration, seed, kernels and number of threads give the same model bit for bit where the budget is in
/// iterations, with or without interruptions in between; one thread and two give the same.
public final class Trainer {
  public let clip: TrainingClip
  public let configuration: DecompositionConfiguration
  public let model: NVDModel
  public let seed: UInt64
  /// Iterations done.
  public internal(set) var iteration = 0
  /// Seconds trained, over all calls.
  public internal(set) var elapsed: Double = 0
  /// The budget of the run; set by the first call of `train`, restored from a checkpoint.
  public internal(set) var budget: TrainingBudget?

  /// Whether `prepare` has been done.
  public internal(set) var isPrepared = false
  let adam: Adam
  let kernels: Kernels
  let runner: LaneRunner
  private let sampler: Sampler
  /// nil where all pixels are drawn alike.
  let errors: ErrorMap?
  /// nil where there is no coarse light.
  let lightMean: LightMean?
  private let update: ModelUpdate
  private let batch: [BatchPart]
  private let workspaces: [FieldWorkspace]
  private let groupsPerChunk: Int
  private let quality: QuickQuality
  /// One a lane where the parts of iterations are timed.
  private var watches: [PartWatch] = []

  /// Parts of a batch, each of which is worked on by one thread at a time and adds up its own network gradient: one a
  /// thread, and two for one thread, so that one and two threads give the same sums. More parts than threads cost time
  /// (4 parts on 1 or 2 threads: 7 to 9 % of an iteration).
  private static func parts(lanes: Int) -> Int { max(2, lanes) }
  /// Colour points of a chunk at most, roughly. Large chunks fetch a hash grid's levels less often; networks cut them
  /// into smaller blocks by themselves.
  private static let chunkPoints = 1512

  /// - Parameters:
  ///   - parameters: where the training starts; nil for random values of the seed. The configuration's warm-up comes
  ///     first in any case.
  ///   - threads: lanes of the work; by default one for each processor.
  /// - Precondition: as many parameters as the model has.
  public convenience init(
    clip: TrainingClip, configuration: DecompositionConfiguration, seed: UInt64, parameters: AlignedBuffer? = nil,
    threads: Int? = nil, kernels: Kernels = .active
  ) throws {
    let model = try NVDModel(
      configuration: configuration.model, geometry: clip.geometry, layerNames: clip.layerNames, motion: clip.motion)
    if let parameters {
      model.parameters.copy(from: UnsafeBufferPointer(start: parameters.pointer, count: parameters.count))
    } else {
      model.initialize(seed: seed)
    }
    self.init(clip: clip, configuration: configuration, model: model, seed: seed, threads: threads, kernels: kernels)
  }

  init(
    clip: TrainingClip, configuration: DecompositionConfiguration, model: NVDModel, seed: UInt64, threads: Int?,
    kernels: Kernels
  ) {
    self.clip = clip
    self.configuration = configuration
    self.model = model
    self.seed = seed
    self.kernels = kernels
    runner = threads.map { LaneRunner(lanes: $0) } ?? LaneRunner()
    adam = Adam(configuration.training.adam, layout: model.layout)
    let sampling = configuration.training.sampling
    quality = QuickQuality(
      evaluator: PointEvaluator(model: model, runner: runner, kernels: kernels), clip: clip)
    errors =
      sampling.uniformShare < 1 ? ErrorMap(geometry: clip.geometry, uniformShare: sampling.uniformShare) : nil
    sampler = Sampler(clip: clip, configuration: sampling, seed: seed, errors: errors)
    let wanted = (sampling.groups * sampling.groupSize + Self.chunkPoints - 1) / Self.chunkPoints
    let parts = Self.parts(lanes: runner.lanes)
    let chunksPerPart = (wanted + parts - 1) / parts
    groupsPerChunk = (sampling.groups + chunksPerPart * parts - 1) / (chunksPerPart * parts)
    let capacity = ChunkCapacity(sampling, groups: groupsPerChunk)
    let lightMean = LightMean(model, levels: configuration.training.coarseLightLevels)
    self.lightMean = lightMean
    batch = (0..<parts).map { _ in
      BatchPart(model, chunks: chunksPerPart, capacity: capacity, lattice: lightMean?.lattice)
    }
    update = ModelUpdate(model: model, adam: adam, runner: runner, kernels: kernels)
    workspaces = (0..<runner.lanes).map { _ in
      FieldWorkspace(
        model, capacity: capacity, precision: configuration.training.precision,
        lightMean: lightMean, kernels: kernels)
    }
  }

  /// Colour points of one iteration.
  public var pointsPerIteration: Int {
    batch.reduce(0) { $0 + $1.samples.count } * groupsPerChunk * configuration.training.sampling.groupSize
  }

  /// PSNR in dB of pixels spread over the clip, with and without residuals.
  public func measureQuality() -> (psnr: Double, withoutResiduals: Double) { quality.measure() }

  /// Starts timing the parts of the coming iterations, from zero.
  public func timeParts() { watches = (0..<runner.lanes).map { _ in PartWatch() } }

  /// Seconds in each part of the iterations since `timeParts`, of all threads together; empty where none were timed.
  public var partSeconds: [TrainingPart: Double] {
    watches.reduce(into: [:]) { $0.merge($1.seconds, uniquingKeysWith: +) }
  }

  /// Trains until the budget is used up or `shouldStop` says so (asked before every iteration).
  ///
  /// - Parameters:
  ///   - budget: for the whole run, earlier calls included.
  ///   - checkpoint: where to save the state every `checkpointInterval` seconds and at an interruption.
  public func train(
    budget: TrainingBudget, checkpoint: URL? = nil, checkpointInterval: Double = 60,
    shouldStop: () -> Bool = { false }, onEvent: (TrainingEvent) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    self.budget = budget
    let start = Date().timeIntervalSinceReferenceDate - elapsed
    func clock() -> Double { Date().timeIntervalSinceReferenceDate - start }
    var meter = ProgressMeter(budget: budget, now: elapsed)
    var lastCheckpoint = elapsed
    var evaluations = Int(budget.progress(iteration: iteration, elapsed: elapsed) * 10)

    prepare(shouldStop: shouldStop, onEvent: onEvent)
    // Half prepared is worth less than the seed, from which the same is prepared again.
    guard isPrepared else { return .interrupted }
    while budget.progress(iteration: iteration, elapsed: elapsed) < 1 {
      if shouldStop() {
        try checkpoint.map { try saveCheckpoint(to: $0) }
        return .interrupted
      }
      let terms = try step(progress: budget.progress(iteration: iteration, elapsed: elapsed))
      elapsed = clock()
      meter.add(terms, points: pointsPerIteration, weights: configuration.training.weights)
      if let progress = meter.report(iteration: iteration, elapsed: elapsed) { onEvent(.progress(progress)) }

      let share = budget.progress(iteration: iteration, elapsed: elapsed)
      if Int(share * 10) > evaluations {
        evaluations = Int(share * 10)
        onEvent(.evaluated(evaluate(meter.current(iteration: iteration, elapsed: elapsed))))
        elapsed = clock()
      }
      if let checkpoint, elapsed - lastCheckpoint > checkpointInterval {
        try saveCheckpoint(to: checkpoint)
        onEvent(.checkpoint(checkpoint))
        elapsed = clock()
        lastCheckpoint = elapsed
      }
    }
    return .finished
  }

  /// What the configuration puts before the first iteration: `warmUp`, `fitToFlow` and `paint`. `train` begins with it
  /// where nobody has called it before; later calls do nothing. Where `shouldStop` ends it, it is not done, and the model is as
  /// it was.
  public func prepare(shouldStop: () -> Bool = { false }, onEvent: (TrainingEvent) -> Void = { _ in }) {
    guard !isPrepared else { return }
    let start = model.parameters.values
    warmUp(shouldStop: shouldStop, onEvent: onEvent)
    fitToFlow(shouldStop: shouldStop)
    guard !shouldStop() else { return start.withUnsafeBufferPointer { model.parameters.copy(from: $0) } }
    paint()
    isPrepared = true
  }

  /// Fits the mappings to the frame's own coordinates for as long as the configuration says.
  public func warmUp(shouldStop: () -> Bool = { false }, onEvent: (TrainingEvent) -> Void = { _ in }) {
    let training = configuration.training
    MappingWarmup(model: model, runner: runner, kernels: kernels, seed: seed).run(
      rounds: training.warmupIterations, rate: training.networkRate, adam: training.adam, shouldStop: shouldStop,
      onRound: { onEvent(.warmedUp(rounds: $0, total: training.warmupIterations)) })
  }

  /// Fits the background's mapping to the flow, for as long as the configuration says.
  public func fitToFlow(shouldStop: () -> Bool = { false }) {
    FlowWarmup(
      model: model, clip: clip, configuration: configuration.training, runner: runner, kernels: kernels, seed: seed
    )
    .run(shouldStop: shouldStop)
  }

  /// Gives textures and alpha their first values, where the configuration says so.
  public func paint() {
    guard configuration.training.paintedStart else { return }
    PaintedStart(model: model, clip: clip, runner: runner, kernels: kernels).paint()
  }

  /// One iteration: draw a batch, losses and gradients of its chunks, Adam. `progress` is the share of the run done.
  ///
  /// - Throws: `DecompositionError.diverged` where the loss is not finite.
  @discardableResult
  public func step(progress: Double) throws -> LossTerms {
    let training = configuration.training
    let terms = try lossesAndGradients(iteration: iteration, progress: progress)
    let factor = training.schedule.factor(at: progress)
    for watch in watches { watch.start() }
    update.apply(
      chunks: batch.flatMap(\.grids), networkGradients: batch.map(\.networkGradient),
      gridRate: training.gridRate * factor, networkRate: training.networkRate * factor)
    for watch in watches { watch.lap(.update) }
    lightMean?.learn(from: batch.compactMap(\.light))
    errors?.learn(from: batch.flatMap(\.samples), iteration: iteration)
    iteration += 1
    return terms
  }

  /// The losses of a batch and their gradient by all parameters, grids included; nothing is updated.
  ///
  /// - Parameters:
  ///   - iteration: which batch: the points depend on it, the seed, and the errors that steps have shown.
  ///   - progress: the share of the run that is done, which decides about the phases.
  ///   - gradient: of the layout's length; overwritten.
  /// - Throws: `DecompositionError.diverged` where the loss is not finite.
  public func gradient(iteration: Int, progress: Double, into gradient: AlignedBuffer) throws -> LossTerms {
    let terms = try lossesAndGradients(iteration: iteration, progress: progress)
    update.collect(
      chunks: batch.flatMap(\.grids), networkGradients: batch.map(\.networkGradient), into: gradient)
    return terms
  }

  /// Draws the batch of an iteration and leaves its gradients in its parts.
  private func lossesAndGradients(iteration: Int, progress: Double) throws -> LossTerms {
    let (sampler, batch, workspaces, watches) = (sampler, batch, workspaces, watches)
    let (groups, training) = (groupsPerChunk, configuration.training)
    let phases = LossPhases(
      bootstrapping: training.bootstrapping.lasts(iteration: iteration, progress: progress),
      rigidity: training.rigidity.lasts(iteration: iteration, progress: progress),
      globalRigidity: training.globalRigidity.lasts(iteration: iteration, progress: progress),
      bareFactor: training.bareSchedule.factor(at: progress))
    runner.run(chunks: batch.count) { lane, part in
      let watch = watches.isEmpty ? nil : watches[lane]
      watch?.start()
      for (index, samples) in batch[part].samples.enumerated() {
        sampler.draw(
          samples, groups: groups, iteration: iteration, chunk: part * batch[part].samples.count + index,
          globalRigidity: phases.globalRigidity, patches: training.weights.residualSmoothness > 0)
      }
      watch?.lap(.draw)
    }
    var sums = LossNormalisers()
    for part in batch { for samples in part.samples { sums.add(samples) } }
    let normalisers = sums
    let evaluator = ChunkGradient(model: model, kernels: kernels)
    runner.run(chunks: batch.count) { lane, number in
      let part = batch[number]
      part.terms = LossTerms()
      part.light?.values.fill(0)
      for (index, samples) in part.samples.enumerated() {
        part.terms += evaluator.evaluate(
          samples, workspace: workspaces[lane], configuration: training, phases: phases, normalisers: normalisers,
          gradient: part.networkGradient.base, grids: &part.grids[index], light: part.light,
          watch: watches.isEmpty ? nil : watches[lane])
      }
    }
    let terms = batch.reduce(into: LossTerms()) { $0 += $1.terms }
    guard terms.total.isFinite else { throw DecompositionError.diverged(iteration: iteration) }
    return terms
  }

  private func evaluate(_ progress: TrainingProgress) -> TrainingProgress {
    var progress = progress
    let measured = quality.measure()
    progress.psnr = measured.psnr
    progress.psnrWithoutResiduals = measured.withoutResiduals
    return progress
  }
}

/// A share of every batch, with what comes of it. One thread works on it at a time.
private final class BatchPart: @unchecked Sendable {
  let samples: [ChunkSamples]
  let networkGradient: PartialGradient
  /// One a chunk.
  var grids: [GridGradients]
  /// nil where there is no coarse light.
  let light: LightSums?
  var terms = LossTerms()

  init(_ model: NVDModel, chunks: Int, capacity: ChunkCapacity, lattice: LightLattice?) {
    light = lattice.map { LightSums($0) }
    samples = (0..<chunks).map { _ in ChunkSamples(capacity: capacity, foregrounds: model.foregroundCount) }
    networkGradient = PartialGradient(range: model.layout.range(of: .network))
    grids = (0..<chunks).map { _ in GridGradients(model, capacity: capacity) }
  }
}

import Foundation
import NeuralField

/// Fits a model to a clip.
///
/// The same clip, configuration, seed, kernels and number of lanes give the same model bit for bit where the budget is
/// in iterations, with or without interruptions in between.
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

  let adam: Adam
  let kernels: Kernels
  let runner: LaneRunner
  private let sampler: Sampler
  private let gradients: [AlignedBuffer]
  private let workspaces: [FieldWorkspace]
  private let samples: [ChunkSamples]
  private let groupsPerChunk: Int
  private let quality: QuickQuality

  /// Colour points of a chunk, roughly: a lane's share of the default batch. Larger chunks fetch a hash grid's levels less
  /// often; networks cut them into smaller blocks by themselves.
  private static let chunkPoints = 1512

  /// - Parameters:
  ///   - threads: lanes of the work; by default one for each processor.
  public convenience init(
    clip: TrainingClip, configuration: DecompositionConfiguration, seed: UInt64, threads: Int? = nil,
    kernels: Kernels = .active
  ) throws {
    let model = try NVDModel(
      configuration: configuration.model, geometry: clip.geometry, layerNames: clip.layerNames, motion: clip.motion)
    model.initialize(seed: seed)
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
    sampler = Sampler(clip: clip, configuration: sampling, seed: seed)
    let wanted = (sampling.groups * sampling.groupSize + Self.chunkPoints - 1) / Self.chunkPoints
    let chunks = (wanted + runner.lanes - 1) / runner.lanes * runner.lanes
    groupsPerChunk = (sampling.groups + chunks - 1) / chunks
    let capacity = ChunkCapacity(sampling, groups: groupsPerChunk)
    samples = (0..<chunks).map { _ in ChunkSamples(capacity: capacity, foregrounds: model.foregroundCount) }
    gradients = (0..<runner.lanes).map { _ in AlignedBuffer(count: model.layout.count) }
    workspaces = (0..<runner.lanes).map { _ in FieldWorkspace(model, capacity: capacity) }
  }

  /// Colour points of one iteration.
  public var pointsPerIteration: Int {
    samples.count * groupsPerChunk * configuration.training.sampling.groupSize
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

    if iteration == 0 {
      let training = configuration.training
      MappingWarmup(model: model, runner: runner, kernels: kernels, seed: seed).run(
        rounds: training.warmupIterations, rate: training.networkRate, adam: training.adam, shouldStop: shouldStop)
    }
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

  /// One iteration: draw a batch, losses and gradients of its chunks, Adam. `progress` is the share of the run done.
  ///
  /// - Throws: `DecompositionError.diverged` where the loss is not finite.
  @discardableResult
  public func step(progress: Double) throws -> LossTerms {
    let training = configuration.training
    let phases = LossPhases(
      bootstrapping: training.bootstrapping.lasts(iteration: iteration, progress: progress),
      rigidity: training.rigidity.lasts(iteration: iteration, progress: progress),
      globalRigidity: training.globalRigidity.lasts(iteration: iteration, progress: progress))
    let terms = lossesAndGradients(phases: phases)
    guard terms.total.isFinite else { throw DecompositionError.diverged(iteration: iteration) }
    let factor = training.schedule.factor(at: progress)
    adam.update(
      model.parameters, gradients: gradients,
      rates: [.grid: training.gridRate * factor, .network: training.networkRate * factor], runner: runner,
      kernels: kernels)
    iteration += 1
    return terms
  }

  /// Draws the batch of the present iteration and leaves its gradients in the lanes' buffers.
  private func lossesAndGradients(phases: LossPhases) -> LossTerms {
    let (sampler, samples, workspaces, gradients) = (sampler, samples, workspaces, gradients)
    let (iteration, groups, training) = (iteration, groupsPerChunk, configuration.training)
    runner.run(chunks: samples.count) { _, chunk in
      sampler.draw(
        samples[chunk], groups: groups, iteration: iteration, chunk: chunk, globalRigidity: phases.globalRigidity,
        patches: training.weights.residualSmoothness > 0)
    }
    var sums = LossNormalisers()
    for chunk in samples { sums.add(chunk) }
    let normalisers = sums
    let evaluator = ChunkGradient(model: model, kernels: kernels)
    let results = LaneResults(lanes: runner.lanes)
    runner.run(chunks: samples.count) { lane, chunk in
      let terms = evaluator.evaluate(
        samples[chunk], workspace: workspaces[lane], configuration: training, phases: phases,
        normalisers: normalisers, gradient: gradients[lane].pointer)
      results.add(terms, lane: lane)
    }
    return results.total
  }

  private func evaluate(_ progress: TrainingProgress) -> TrainingProgress {
    var progress = progress
    let measured = quality.measure()
    progress.psnr = measured.psnr
    progress.psnrWithoutResiduals = measured.withoutResiduals
    return progress
  }
}

/// Loss values summed by every lane on its own, added up in the order of the lanes.
private final class LaneResults: @unchecked Sendable {
  private var terms: [LossTerms]
  private let lock = NSLock()

  init(lanes: Int) { terms = [LossTerms](repeating: LossTerms(), count: lanes) }

  func add(_ value: LossTerms, lane: Int) { lock.withLock { terms[lane] += value } }

  var total: LossTerms { terms.reduce(into: LossTerms()) { $0 += $1 } }
}

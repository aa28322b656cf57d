import Decomposition
import Embedding
import Foundation
import NeuralField

/// Trains a hypernetwork on the clips of a library.
///
/// The same clips, settings, seed, kernels and number of threads give the same metamodel bit for bit where the budget is
/// in visits, with or without interruptions in between.
public final class MetaTrainer {
  public let metamodel: Metamodel
  /// Loss weights, sampling, rates and schedules of the NVD models.
  public let configuration: DecompositionConfiguration
  public let settings: MetaTrainingConfiguration
  public let seed: UInt64
  /// Visits done.
  public internal(set) var visit = 0
  /// Seconds trained, over all calls.
  public internal(set) var elapsed: Double = 0
  public internal(set) var budget: TrainingBudget?

  let optimiser: HypernetworkOptimiser
  /// Adam for the vectors, where they are learned.
  let vectorAdam: Adam?
  private let library: any ClipLibrary
  private let embeddings: VideoEmbeddings
  private let threads: Int?
  private var open: (key: [OpenKey], videos: [OpenVideo]) = ([], [])
  /// Whether what comes before the first visit has been done: the centre of the embeddings, the mappings' warm-up.
  public private(set) var isPrepared: Bool

  /// Adam's rate for learned vectors, whose values have a variance of 1.
  private static let vectorRate: Float = 1e-3

  /// - Parameters:
  ///   - embedder: makes the vectors; where they are learned it only says how long they are.
  ///   - choice: how `embedder` can be opened again.
  ///   - note: for the metamodel's description.
  /// - Throws: `HypernetworkError.badConfiguration`; `.mismatch` where the clips have different numbers of layers; what
  ///   the library throws.
  public convenience init(
    library: any ClipLibrary, embedder: any VideoEmbedder, choice: EmbedderChoice? = nil,
    hypernetwork: HypernetworkConfiguration = .preset(.factorised, for: .reptile),
    configuration: DecompositionConfiguration,
    settings: MetaTrainingConfiguration = .reptile, note: String? = nil, seed: UInt64, threads: Int? = nil
  ) throws {
    if let fault = hypernetwork.fault ?? settings.fault { throw HypernetworkError.badConfiguration(fault) }
    guard library.count > 0 else { throw HypernetworkError.badConfiguration("a metamodel needs a clip to train on") }
    let videos = try Self.describe(library)
    let description = Metamodel.Description(
      hypernetwork: hypernetwork, model: configuration.model, layerCount: videos.layerCount,
      embeddingSize: embedder.dimension, embedder: settings.learnsEmbeddings ? LearnedEmbeddings.name : embedder.name,
      embedderChoice: settings.learnsEmbeddings ? nil : choice, training: settings, trainedOn: videos.videos,
      visits: 0, seconds: 0, note: note)
    let metamodel = Metamodel(description, threads: threads)
    try metamodel.network.initialize(seed: seed)
    if let vectors = metamodel.vectors {
      let start = try LearnedEmbeddings(
        videos: videos.videos.map(\.name), dimension: embedder.dimension, seed: seed)
      start.values.withUnsafeBufferPointer { vectors.copy(from: $0) }
    }
    try self.init(
      metamodel, library: library, embedder: embedder, configuration: configuration, seed: seed, threads: threads,
      isPrepared: false)
  }

  init(
    _ metamodel: Metamodel, library: any ClipLibrary, embedder: any VideoEmbedder,
    configuration: DecompositionConfiguration, seed: UInt64, threads: Int?, isPrepared: Bool
  ) throws {
    self.metamodel = metamodel
    var configuration = configuration
    if metamodel.predictsTextures { configuration.training.paintedStart = false }
    // The mean of coarse light is learned in a model's own steps. Where the metamodel makes the steps there are none, and
    // residuals are held to 1.
    if metamodel.description.training.update == .joint { configuration.training.coarseLightLevels = 0 }
    self.configuration = configuration
    settings = metamodel.description.training
    self.seed = seed
    self.library = library
    self.threads = threads
    self.isPrepared = isPrepared
    embeddings = VideoEmbeddings(library, embedder)
    optimiser = HypernetworkOptimiser(
      metamodel.network, settings.update == .joint ? configuration.training.adam : .gradientDescent, seed: seed)
    vectorAdam = metamodel.vectors.map { vectors in
      var layout = ParameterLayout()
      layout.add("vectors", shape: [vectors.count], group: .network)
      return Adam(AdamConfiguration(), layout: layout)
    }
  }

  private static func describe(
    _ library: any ClipLibrary
  ) throws -> (videos: [Metamodel.Description.Video], layerCount: Int) {
    var layerCount: Int?
    let videos = try (0..<library.count).map { index in
      let clip = try library.clip(index)
      let expected = layerCount ?? clip.layerNames.count
      guard clip.layerNames.count == expected else {
        throw HypernetworkError.mismatch(
          "\(library.name(of: index)) has \(clip.layerNames.count) layers, \(library.name(of: 0)) has \(expected); a "
            + "metamodel makes models of one number of layers")
      }
      layerCount = expected
      let size = clip.geometry.size
      return Metamodel.Description.Video(
        name: library.name(of: index), frames: clip.frames.count, width: size.width, height: size.height)
    }
    return (videos, layerCount ?? 2)
  }

  // MARK: - The run

  /// Trains until the budget is used up or `shouldStop` says so. `.iterations` of the budget are visits.
  /// - Parameter checkpoint: where to save the state every `checkpointInterval` seconds and at an interruption.
  public func train(
    budget: TrainingBudget, checkpoint: URL? = nil, checkpointInterval: Double = 120,
    shouldStop: () -> Bool = { false }, onEvent: (MetaTrainingEvent) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    self.budget = budget
    if !isPrepared { try prepare(shouldStop: shouldStop, onEvent: onEvent) }
    // Half prepared is worth less than the seed, from which the same is prepared again.
    guard isPrepared else { return .interrupted }
    let start = Date().timeIntervalSinceReferenceDate - elapsed
    func clock() -> Double { Date().timeIntervalSinceReferenceDate - start }
    var lastCheckpoint = elapsed
    while budget.progress(iteration: visit, elapsed: elapsed) < 1 {
      let progress = budget.progress(iteration: visit, elapsed: elapsed)
      guard !shouldStop(), let report = try makeVisit(progress: progress, shouldStop: shouldStop) else {
        try checkpoint.map { try saveCheckpoint(to: $0) }
        return .interrupted
      }
      visit += 1
      elapsed = clock()
      onEvent(.visited(complete(report, budget)))
      if let checkpoint, elapsed - lastCheckpoint > checkpointInterval {
        try saveCheckpoint(to: checkpoint)
        onEvent(.checkpoint(checkpoint))
        elapsed = clock()
        lastCheckpoint = elapsed
      }
    }
    try evaluate(onEvent)
    return .finished
  }

  private func complete(_ report: MetaVisit, _ budget: TrainingBudget) -> MetaVisit {
    var report = report
    let share = budget.progress(iteration: visit, elapsed: elapsed)
    (report.visit, report.elapsedSeconds) = (visit, elapsed)
    report.remainingSeconds = share > 0 ? elapsed * (1 - share) / share : 0
    if case .iterations(let count) = budget { report.totalVisits = count }
    return report
  }

  /// The centre of the embeddings, and the warm-up of the mappings where the configuration has one. Where `shouldStop`
  /// ends it, it is not done.
  private func prepare(shouldStop: () -> Bool, onEvent: (MetaTrainingEvent) -> Void) throws {
    let network = metamodel.network
    network.centre.fill(0)
    for index in 0..<library.count where !settings.learnsEmbeddings {
      if shouldStop() { return }
      let vector = try embeddings.embedding(of: index, .none, try library.clip(index))
      for (place, value) in vector.enumerated() { network.centre[place] += value / Float(library.count) }
      onEvent(.embedded(video: library.name(of: index), done: index + 1, total: library.count))
    }
    if configuration.training.warmupIterations > 0 {
      let trainer = try Trainer(
        clip: try library.clip(0), configuration: configuration, seed: seed, parameters: network.shared,
        threads: threads)
      trainer.warmUp(shouldStop: shouldStop) { event in
        if case .warmedUp(let rounds, let total) = event { onEvent(.warmedUp(rounds: rounds, total: total)) }
      }
      if shouldStop() { return }
      network.shared.copy(
        from: UnsafeBufferPointer(start: trainer.model.parameters.pointer, count: network.shared.count))
    }
    isPrepared = true
  }

  /// The quality of every training video's prediction, into the description.
  private func evaluate(_ onEvent: (MetaTrainingEvent) -> Void) throws {
    open = ([], [])
    for index in 0..<library.count {
      let video = try openVideo(OpenKey(video: index, augmentation: .none), seed: seed)
      metamodel.network.predict(vector(of: video), into: video.trainer.model.parameters)
      video.trainer.paint()
      let psnr = video.trainer.measureQuality().psnr
      metamodel.description.trainedOn[index].psnr = psnr
      onEvent(.evaluated(video: library.name(of: index), psnr: psnr))
    }
    (metamodel.description.visits, metamodel.description.seconds) = (visit, elapsed)
  }

  // MARK: - Visits

  private struct OpenKey: Hashable {
    let video: Int
    let augmentation: ClipAugmentation
  }

  private struct OpenVideo {
    let index: Int
    /// nil where vectors are learned.
    let embedding: [Float]?
    let trainer: Trainer
    let gradient: AlignedBuffer
  }

  /// - Returns: nil where it was stopped before anything was changed.
  private func makeVisit(progress: Double, shouldStop: () -> Bool) throws -> MetaVisit? {
    var random = RandomSource(seed: seed, path: 0x0e7a, UInt64(visit))
    let keys = videosOfVisit().map { OpenKey(video: $0, augmentation: settings.augmentation.draw(&random)) }
    let visitSeed = random.next()
    switch settings.update {
    case .joint:
      if keys != open.key { open = (keys, try keys.map { try openVideo($0, seed: seed) }) }
      return try jointVisit(open.videos, progress: progress)
    case .reptile:
      return try reptileVisit(keys, seed: visitSeed, progress: progress, shouldStop: shouldStop)
    }
  }

  /// Every video comes once before one comes twice.
  private func videosOfVisit() -> [Int] {
    let perVisit = min(settings.videosPerVisit, library.count)
    guard perVisit < library.count else { return Array(0..<library.count) }
    return (visit * perVisit..<(visit + 1) * perVisit).map { turn in
      var random = RandomSource(seed: seed, path: 0x0dde, UInt64(turn / library.count))
      return Array(0..<library.count).shuffled(using: &random)[turn % library.count]
    }
  }

  private func openVideo(_ key: OpenKey, seed: UInt64) throws -> OpenVideo {
    let clip = try library.clip(key.video).augmented(by: key.augmentation)
    let embedding =
      settings.learnsEmbeddings ? nil : try embeddings.embedding(of: key.video, key.augmentation, clip)
    let trainer = try Trainer(
      clip: clip, configuration: configuration, seed: seed, parameters: metamodel.network.shared, threads: threads)
    return OpenVideo(
      index: key.video, embedding: embedding, trainer: trainer,
      gradient: AlignedBuffer(count: metamodel.network.target.count))
  }

  private func vector(of video: OpenVideo) -> [Float] {
    video.embedding ?? metamodel.learnedEmbedding(of: library.name(of: video.index)) ?? []
  }

  private func jointVisit(_ videos: [OpenVideo], progress: Double) throws -> MetaVisit {
    var losses = 0.0
    var psnr = 0.0
    let factor = settings.rate * settings.schedule.factor(at: progress)
    let rates = HypernetworkRates(
      grid: configuration.training.gridRate * factor, network: configuration.training.networkRate * factor,
      headShare: settings.headShare, trunk: settings.trunkRate * factor)
    for round in 0..<settings.iterationsPerVisit {
      let predictions = try videos.map { video in
        let prediction = metamodel.network.predict(vector(of: video), into: video.trainer.model.parameters)
        if round == 0 { psnr += video.trainer.measureQuality().psnr }
        let terms = try video.trainer.gradient(
          iteration: visit * settings.iterationsPerVisit + round, progress: progress, into: video.gradient)
        losses += terms.total
        return prediction
      }
      step(videos, predictions, rates)
    }
    let count = Double(videos.count)
    return report(
      videos, psnr: psnr / count, adapted: nil, loss: losses / count / Double(settings.iterationsPerVisit))
  }

  private func reptileVisit(
    _ keys: [OpenKey], seed: UInt64, progress: Double, shouldStop: () -> Bool
  ) throws -> MetaVisit? {
    var losses = 0.0
    var (psnr, adapted) = (0.0, 0.0)
    var predictions: [Prediction] = []
    var videos: [OpenVideo] = []
    let rounds = settings.iterationsPerVisit
    for key in keys {
      let video = try openVideo(key, seed: seed)
      let parameters = video.trainer.model.parameters
      predictions.append(metamodel.network.predict(vector(of: video), into: parameters))
      video.trainer.fitToFlow(shouldStop: shouldStop)
      video.trainer.paint()
      video.gradient.copy(from: UnsafeBufferPointer(start: parameters.pointer, count: parameters.count))
      psnr += video.trainer.measureQuality().psnr
      for round in 0..<rounds {
        if shouldStop() { return nil }
        losses += try video.trainer.step(progress: Double(round) / Double(rounds)).total
      }
      adapted += video.trainer.measureQuality().psnr
      // theta0 - theta_k.
      for index in 0..<parameters.count { video.gradient.pointer[index] -= parameters.pointer[index] }
      videos.append(video)
    }
    // Several videos add up; each shall move its prediction by the same share.
    let factor = settings.rate * settings.schedule.factor(at: progress) / Float(keys.count)
    let rates = HypernetworkRates(
      grid: factor, network: factor, headShare: settings.headShare,
      trunk: settings.trunkRate * settings.schedule.factor(at: progress))
    step(videos, predictions, rates)
    let count = Double(keys.count)
    return report(videos, psnr: psnr / count, adapted: adapted / count, loss: losses / count / Double(rounds))
  }

  private func step(_ videos: [OpenVideo], _ predictions: [Prediction], _ rates: HypernetworkRates) {
    let ofVectors = optimiser.update(
      predictions, gradients: videos.map(\.gradient), rates: rates, embeddings: vectorAdam != nil)
    guard let vectorAdam, let vectors = metamodel.vectors else { return }
    let gradient = AlignedBuffer(count: vectors.count)
    for (video, slope) in zip(videos, ofVectors) {
      for (place, value) in slope.enumerated() { gradient[video.index * slope.count + place] += value }
    }
    vectorAdam.beginStep()
    vectorAdam.update(
      vectors, range: 0..<vectors.count, gradients: [gradient.pointer], rate: Self.vectorRate, kernels: .active)
  }

  private func report(_ videos: [OpenVideo], psnr: Double, adapted: Double?, loss: Double) -> MetaVisit {
    MetaVisit(
      visit: visit, elapsedSeconds: elapsed, remainingSeconds: 0, videos: videos.map { library.name(of: $0.index) },
      psnr: psnr, adaptedPSNR: adapted, loss: loss)
  }
}

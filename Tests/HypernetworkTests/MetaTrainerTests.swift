import Decomposition
import Foundation
import NeuralField
import Testing

@testable import Hypernetwork

@Suite struct MetaTrainerTests {
  private func settings(_ update: MetaTrainingConfiguration.Update) -> MetaTrainingConfiguration {
    var settings = MetaTrainingConfiguration.preset(update)
    settings.iterationsPerVisit = update == .joint ? 5 : 20
    settings.videosPerVisit = update == .joint ? 2 : 1
    return settings
  }

  private func trainer(
    _ update: MetaTrainingConfiguration.Update, seeds: [UInt64] = [1, 2, 3], learned: Bool = false,
    form: HypernetworkConfiguration.Form = .factorised, knowledge: HypernetworkConfiguration.Learned = .everything,
    painted: Bool = true, threads: Int = 2
  ) throws -> MetaTrainer {
    var hypernetwork = HypernetworkConfiguration.small(form)
    hypernetwork.learned = knowledge
    var settings = settings(update)
    if learned { (settings.learnsEmbeddings, settings.augmentation) = (true, .none) }
    var configuration = DecompositionConfiguration.small
    configuration.training.paintedStart = painted
    return try MetaTrainer(
      library: try library(seeds: seeds), embedder: ColourEmbedder(), hypernetwork: hypernetwork,
      configuration: configuration, settings: settings, seed: 4, threads: threads)
  }

  private func prediction(_ metamodel: Metamodel, _ embedding: [Float]) -> [UInt32] {
    let parameters = AlignedBuffer(count: metamodel.network.target.count)
    metamodel.network.predict(embedding, into: parameters)
    return parameters.values.map(\.bitPattern)
  }

  private func files(_ count: Int) -> [URL] {
    (0..<count).map { _ in FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors") }
  }

  @Test(arguments: MetaTrainingConfiguration.Update.allCases, HypernetworkConfiguration.Form.allCases)
  func predictionsImprove(
    update: MetaTrainingConfiguration.Update, form: HypernetworkConfiguration.Form
  ) throws {
    let trainer = try trainer(update, form: form)
    var first: Double?
    var evaluated: [Double] = []
    let outcome = try trainer.train(
      budget: .iterations(45),
      onEvent: { event in
        switch event {
        case .visited(let visit): first = first ?? visit.psnr
        case .evaluated(_, let psnr): evaluated.append(psnr)
        default: break
        }
      })
    #expect(outcome == .finished && evaluated.count == 3)
    let mean = evaluated.reduce(0, +) / 3
    // Reptile seeks a good start, not a good prediction.
    #expect(mean > (first ?? 0) + (update == .joint ? 2 : 1), "\(first ?? 0) -> \(mean) dB")
    #expect(trainer.metamodel.description.trainedOn.compactMap(\.psnr) == evaluated)
  }

  /// A clip that was not in the training is learned faster from the metamodel's prediction.
  @Test(arguments: HypernetworkConfiguration.Learned.allCases)
  func unseenClipsStartAhead(knowledge: HypernetworkConfiguration.Learned) throws {
    let trainer = try trainer(.reptile, seeds: [1, 2, 3], knowledge: knowledge)
    _ = try trainer.train(budget: .iterations(90))
    let clip = try sceneClip(seed: 50)
    var configuration = DecompositionConfiguration.small
    // What a metamodel says of textures is not painted over; from scratch, too, it is compared without paint.
    if trainer.metamodel.predictsTextures { configuration.training.paintedStart = false }
    let start = try trainer.metamodel.parameters(
      for: try ColourEmbedder().embed(clip), from: "colours", model: DecompositionConfiguration.small.model,
      layerCount: 2, seed: 9)
    let results = try [nil, start].map { parameters in
      let tuned = try Trainer(
        clip: clip, configuration: configuration, seed: 9, parameters: parameters, threads: 2)
      _ = try tuned.train(budget: .iterations(40))
      return tuned.measureQuality().psnr
    }
    #expect(results[1] > results[0] + 0.5, "scratch \(results[0]), metamodel \(results[1]) dB")
  }

  @Test(arguments: MetaTrainingConfiguration.Update.allCases, [false, true])
  func resumedRunEndsAsIfUninterrupted(update: MetaTrainingConfiguration.Update, learned: Bool) throws {
    let url = files(1)[0]
    defer { try? FileManager.default.removeItem(at: url) }
    let whole = try trainer(update, learned: learned)
    _ = try whole.train(budget: .iterations(6))
    let parts = try trainer(update, learned: learned, threads: 1)
    let outcome = try parts.train(budget: .iterations(6), checkpoint: url, shouldStop: { parts.visit == 4 })
    #expect(outcome == .interrupted)
    let resumed = try MetaTrainer(
      library: try library(seeds: [1, 2, 3]), embedder: ColourEmbedder(), resuming: url, threads: 2)
    #expect(resumed.visit == 4 && resumed.budget == .iterations(6))
    _ = try resumed.train(budget: .iterations(6))
    let vector = (0..<12).map { Float($0) / 6 - 1 }
    #expect(prediction(resumed.metamodel, vector) == prediction(whole.metamodel, vector))
    #expect(resumed.metamodel.learnedEmbedding(of: "scene2") == whole.metamodel.learnedEmbedding(of: "scene2"))
    #expect((whole.metamodel.learnedEmbedding(of: "scene2") != nil) == learned)
    #expect(throws: HypernetworkError.self, "other clips") {
      try MetaTrainer(library: try library(seeds: [1, 2]), embedder: ColourEmbedder(), resuming: url)
    }
  }

  /// Mappings and hashed levels are no knowledge that a new clip could use; networks that read grids are.
  @Test func whatBelongsToOneClipIsNotHandedOn() throws {
    let trainer = try trainer(.reptile, knowledge: .common)
    let network = trainer.metamodel.network
    let before = network.shared.values
    _ = try trainer.train(budget: .iterations(3))
    for (tensor, learned) in zip(network.target.tensors, network.layout.learned) {
      let kept = tensor.range.dropFirst(learned).allSatisfy { network.shared[$0] == before[$0] }
      #expect(kept, "\(tensor.name)")
      if tensor.name.contains(".mapping.") || ["residual.grid", "alpha.grid"].contains(where: tensor.name.hasSuffix) {
        #expect(learned == 0, "\(tensor.name)")
      }
      guard tensor.name.contains(".texture.") else { continue }
      let moved = tensor.range.prefix(learned).contains { network.shared[$0] != before[$0] }
      #expect(moved, "\(tensor.name)")
    }
    var everything = network.configuration
    everything.learned = .everything
    let layout = HypernetworkLayout(everything, model: network.model, layerCount: 2, embeddingSize: 12)
    #expect(layout.learned == network.target.tensors.map(\.count))
    everything.learned = .decoders
    let decoders = HypernetworkLayout(everything, model: network.model, layerCount: 2, embeddingSize: 12)
    for (tensor, learned) in zip(network.target.tensors, decoders.learned) {
      let isDecoder = tensor.group == .network && !tensor.name.contains(".mapping.")
      #expect(learned == (isDecoder ? tensor.count : 0), "\(tensor.name)")
    }
  }

  /// A prediction that says nothing of textures is judged, and trained in visits, with the clip painted into them; one
  /// that does is left as it is.
  @Test(arguments: HypernetworkConfiguration.Learned.allCases)
  func clipsArePaintedWhereTexturesAreNotPredicted(knowledge: HypernetworkConfiguration.Learned) throws {
    func psnr(painted: Bool) throws -> (visit: Double, evaluated: Double) {
      let trainer = try trainer(.reptile, seeds: [1], knowledge: knowledge, painted: painted)
      var result = (visit: 0.0, evaluated: 0.0)
      _ = try trainer.train(
        budget: .iterations(1),
        onEvent: { event in
          switch event {
          case .visited(let visit): result.visit = visit.psnr
          case .evaluated(_, let psnr): result.evaluated = psnr
          default: break
          }
        })
      return result
    }
    let (plain, painted) = (try psnr(painted: false), try psnr(painted: true))
    if knowledge == .decoders {
      #expect(painted.visit > plain.visit + 1 && painted.evaluated > plain.evaluated + 1, "\(plain), \(painted)")
    } else {
      #expect(painted == plain)
    }
  }

  @Test func thePapersMappingsAreWarmedUp() throws {
    var configuration = DecompositionConfiguration.small
    configuration.model.mappingBase = .none
    (configuration.training.warmupIterations, configuration.training.networkRate) = (40, 2e-3)
    let trainer = try MetaTrainer(
      library: try library(seeds: [1]), embedder: ColourEmbedder(), hypernetwork: .small(.full),
      configuration: configuration, settings: settings(.joint), seed: 4, threads: 2)
    let before = trainer.metamodel.network.shared.values
    _ = try trainer.train(budget: .iterations(1))
    let moved = trainer.metamodel.network.target.tensors.filter { $0.name.contains("mapping") }.allSatisfy { tensor in
      tensor.range.contains { abs(trainer.metamodel.network.shared[$0] - before[$0]) > 0.02 }
    }
    #expect(moved)
  }

  private func warmed(
    _ knowledge: HypernetworkConfiguration.Learned, _ update: MetaTrainingConfiguration.Update = .reptile
  ) throws -> MetaTrainer {
    var configuration = DecompositionConfiguration.small
    configuration.model.mappingBase = .none
    (configuration.training.warmupIterations, configuration.training.networkRate) = (3, 2e-3)
    var hypernetwork = HypernetworkConfiguration.small(.factorised)
    hypernetwork.learned = knowledge
    return try MetaTrainer(
      library: try library(seeds: [1, 2]), embedder: ColourEmbedder(), hypernetwork: hypernetwork,
      configuration: configuration, settings: settings(update), seed: 4, threads: 2)
  }

  /// What was warmed up but is not learned goes on as well.
  @Test(arguments: HypernetworkConfiguration.Learned.allCases)
  func resumedRunKeepsWarmedMappings(knowledge: HypernetworkConfiguration.Learned) throws {
    let url = files(1)[0]
    defer { try? FileManager.default.removeItem(at: url) }
    let (whole, parts) = (try warmed(knowledge), try warmed(knowledge))
    _ = try whole.train(budget: .iterations(3))
    _ = try parts.train(budget: .iterations(3), checkpoint: url, shouldStop: { parts.visit == 1 })
    let resumed = try MetaTrainer(
      library: try library(seeds: [1, 2]), embedder: ColourEmbedder(), resuming: url, threads: 2)
    _ = try resumed.train(budget: .iterations(3))
    #expect(resumed.metamodel.network.shared.values == whole.metamodel.network.shared.values)
  }

  /// From the seed the same is prepared again; from what is half prepared it is not.
  @Test func stoppedWhilePreparingItBeginsAnew() throws {
    let url = files(1)[0]
    let (whole, stopped) = (try warmed(.decoders), try warmed(.decoders))
    _ = try whole.train(budget: .iterations(1))
    for stop in ["embedding", "warming up"] {
      var now = false
      let outcome = try stopped.train(
        budget: .iterations(1), checkpoint: url, shouldStop: { now },
        onEvent: { event in
          switch event {
          case .embedded: now = now || stop == "embedding"
          case .warmedUp(let rounds, let total):
            #expect(total == 3)
            now = now || rounds == 1
          default: break
          }
        })
      #expect(outcome == .interrupted && !stopped.isPrepared)
      #expect(!FileManager.default.fileExists(atPath: url.path))
    }
    _ = try stopped.train(budget: .iterations(1))
    #expect(stopped.metamodel.network.shared.values == whole.metamodel.network.shared.values)
    #expect(stopped.metamodel.network.centre.values == whole.metamodel.network.centre.values)
  }

  /// The paper's update makes no steps that could teach a mean of coarse light.
  @Test func onlyTrainedModelsHaveCoarseLight() throws {
    #expect(try trainer(.joint).configuration.training.coarseLightLevels == 0)
    #expect(try trainer(.reptile).configuration.training.coarseLightLevels > 0)
  }

  @Test func damagedCheckpointsAreRefused() throws {
    let url = files(1)[0]
    defer { try? FileManager.default.removeItem(at: url) }
    let trainer = try warmed(.decoders)
    _ = try trainer.train(budget: .iterations(3), checkpoint: url, shouldStop: { trainer.visit == 1 })
    let whole = try Data(contentsOf: url)
    func resume() throws {
      _ = try MetaTrainer(library: try library(seeds: [1, 2]), embedder: ColourEmbedder(), resuming: url, threads: 2)
    }
    try resume()
    for length in [0, 100, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: url)
      #expect(throws: HypernetworkError.self, "\(length) of \(whole.count) bytes") { try resume() }
    }
    // In the state, which comes after the description of the metamodel.
    for (key, value) in [(#"\"flow_every\":8"#, "0"), (#"\"mapping_width\":16"#, "17")] {
      var changed = whole
      let place = try #require(changed.range(of: Data(key.utf8), options: .backwards))
      changed.replaceSubrange(place.upperBound - value.count..<place.upperBound, with: Data(value.utf8))
      try changed.write(to: url)
      #expect(throws: HypernetworkError.self, "\(key)") { try resume() }
    }
  }

  @Test func unsuitableSettingsAndClipsAreRefused() throws {
    #expect(throws: HypernetworkError.self, "no clips") { try trainer(.reptile, seeds: []) }
    let mixed = MemoryClipLibrary([
      ("one", try sceneClip(seed: 1)), ("two", try sceneClip(seed: 2, foregrounds: 2)),
    ])
    #expect(throws: HypernetworkError.self, "different numbers of layers") {
      try MetaTrainer(library: mixed, embedder: ColourEmbedder(), configuration: .small, seed: 1)
    }
    var settings = settings(.reptile)
    settings.learnsEmbeddings = true
    #expect(throws: HypernetworkError.self, "learned embeddings with augmentation") {
      try MetaTrainer(
        library: try library(seeds: [1]), embedder: ColourEmbedder(), configuration: .small, settings: settings,
        seed: 1)
    }
  }
}

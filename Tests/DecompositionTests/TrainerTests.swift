import Foundation
import Media
import NeuralField
import Testing
import Weights

@testable import Decomposition

@Suite struct TrainerTests {
  private func bits(_ model: NVDModel) -> [UInt32] { model.parameters.values.map(\.bitPattern) }

  private func trainer(
    seed: UInt64 = 1, threads: Int = 2, preset: Preset = .fast, objects: Int = 1
  ) throws -> Trainer {
    try Trainer(
      clip: makeClip(foregrounds: objects).clip, configuration: .tiny(preset), seed: seed, threads: threads)
  }

  @Test(arguments: [1, 2]) func sameSeedSameModel(objects: Int) throws {
    func trainer(threads: Int = 2, seed: UInt64 = 1) throws -> Trainer {
      try self.trainer(seed: seed, threads: threads, objects: objects)
    }
    let (first, second) = (try trainer(), try trainer())
    for trainer in [first, second] { _ = try trainer.train(budget: .iterations(12)) }
    #expect(bits(first.model) == bits(second.model))
    for (threads, partner) in [(1, first), (5, try trainer(threads: 5))] {
      let same = try trainer(threads: threads)
      if partner !== first { _ = try partner.train(budget: .iterations(12)) }
      _ = try same.train(budget: .iterations(12))
      #expect(bits(partner.model) == bits(same.model), "\(threads) threads")
    }
    let other = try trainer(seed: 2)
    _ = try other.train(budget: .iterations(12))
    #expect(bits(first.model) != bits(other.model))
  }

  @Test(arguments: Preset.allCases, [1, 2])
  func resumedRunEndsAsIfUninterrupted(preset: Preset, objects: Int) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let whole = try trainer(preset: preset, objects: objects)
    _ = try whole.train(budget: .iterations(24))

    let interrupted = try trainer(preset: preset, objects: objects)
    let outcome = try interrupted.train(
      budget: .iterations(24), checkpoint: url, shouldStop: { interrupted.iteration == 14 })
    #expect(outcome == .interrupted)
    let resumed = try Trainer(clip: interrupted.clip, resuming: url, threads: 2)
    #expect(resumed.iteration == 14)
    #expect(resumed.budget == .iterations(24))
    #expect(try resumed.train(budget: .iterations(24)) == .finished)
    #expect(bits(whole.model) == bits(resumed.model))
  }

  /// From the seed the same is prepared again; from what is half prepared it is not.
  @Test(arguments: Preset.allCases)
  func stoppedWhilePreparingItSavesNothing(preset: Preset) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    var configuration = DecompositionConfiguration.tiny(preset)
    configuration.training.warmupIterations = 2
    let stopped = try Trainer(clip: makeClip().clip, configuration: configuration, seed: 1, threads: 2)
    let before = bits(stopped.model)
    var rounds = 0
    let outcome = try stopped.train(
      budget: .iterations(5), checkpoint: url, shouldStop: { rounds > 0 },
      onEvent: { event in
        if case .warmedUp(let done, _) = event { rounds = done }
      })
    #expect(outcome == .interrupted && rounds == 1)
    #expect(!FileManager.default.fileExists(atPath: url.path))
    #expect(bits(stopped.model) == before)
  }

  @Test(arguments: Preset.allCases)
  func whatIsPreparedIsNotPreparedAgain(preset: Preset) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    var configuration = DecompositionConfiguration.tiny(preset)
    configuration.training.warmupIterations = 2
    let clip = try makeClip().clip
    let (whole, prepared) = (
      try Trainer(clip: clip, configuration: configuration, seed: 1, threads: 2),
      try Trainer(clip: clip, configuration: configuration, seed: 1, threads: 2)
    )
    prepared.prepare()
    try prepared.saveCheckpoint(to: url)
    let resumed = try Trainer(clip: prepared.clip, resuming: url, threads: 2)
    for trainer in [whole, resumed] { _ = try trainer.train(budget: .iterations(3)) }
    #expect(bits(whole.model) == bits(resumed.model))
  }

  /// The same parameters and batch, at the beginning and at the end of a run: only the loss without residuals is a tenth.
  @Test func theLossWithoutResidualsFades() throws {
    var configuration = DecompositionConfiguration.tiny(.fast)
    configuration.training.globalRigidity = .never
    let terms = try [RateSchedule.constant, .exponential(from: 0.5, floor: 0.1)].map { schedule in
      configuration.training.bareSchedule = schedule
      let trainer = try Trainer(clip: makeClip().clip, configuration: configuration, seed: 1, threads: 2)
      let gradient = AlignedBuffer(count: trainer.model.layout.count)
      return try [0.25, 1].map { try trainer.gradient(iteration: 0, progress: $0, into: gradient) }
    }
    #expect(terms[0][0] == terms[0][1])
    let (early, late) = (terms[1][0], terms[1][1])
    #expect(early == terms[0][0] && early[.bare] > 0)
    #expect(abs(late[.bare] - 0.1 * early[.bare]) < 1e-5 * early[.bare])
    for term in LossTerm.allCases where term != .bare { #expect(late[term] == early[term], "\(term.name)") }
  }

  /// With a border as wide as the frame no mask counts; with one of a pixel fewer points do, and the rest is as it was.
  @Test func bootstrappingLeavesTheMasksBorderOut() throws {
    let terms = try [0, 1, 1000].map { border in
      var configuration = DecompositionConfiguration.tiny(.fast)
      configuration.training.sampling.maskBorder = border
      let trainer = try Trainer(clip: makeClip().clip, configuration: configuration, seed: 1, threads: 2)
      return try trainer.gradient(
        iteration: 0, progress: 0, into: AlignedBuffer(count: trainer.model.layout.count))
    }
    #expect(terms[0][.bootstrapping] > terms[1][.bootstrapping] && terms[1][.bootstrapping] > 0)
    #expect(terms[2][.bootstrapping] == 0)
    for term in LossTerm.allCases where term != .bootstrapping {
      #expect(terms[0][term] == terms[2][term], "\(term.name)")
    }
  }

  @Test func savedModelRendersTheSame() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let trainer = try trainer()
    _ = try trainer.train(budget: .iterations(3))
    try trainer.model.save(to: url)
    let loaded = try NVDModel(contentsOf: url)
    let (a, b) = (Renderer(model: trainer.model).frame(2), Renderer(model: loaded).frame(2))
    #expect(a.image(a.reconstruction) == b.image(b.reconstruction))
  }

  @Test func damagedCheckpointsAreRefused() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let trainer = try trainer()
    #expect(throws: DecompositionError.absentFile(path: url.path)) {
      try Trainer(clip: trainer.clip, resuming: url)
    }
    _ = try trainer.train(budget: .iterations(1))
    try trainer.saveCheckpoint(to: url)
    let whole = try Data(contentsOf: url)
    for length in [0, 7, 100, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: url)
      #expect(throws: DecompositionError.self, "\(length) of \(whole.count) bytes") {
        try Trainer(clip: trainer.clip, resuming: url)
      }
    }
    for memory in [trainer.errors?.squares, trainer.lightMean?.sums] {
      let memory = try #require(memory)
      let value = memory[0]
      memory[0] = -1
      try trainer.saveCheckpoint(to: url)
      #expect(throws: DecompositionError.self, "less than nothing was seen") {
        try Trainer(clip: trainer.clip, resuming: url)
      }
      memory[0] = value
    }
    for (key, value) in [(#"\"flow_every\":8"#, "0"), (#"\"patch_every\":40"#, "-1")] {
      var changed = whole
      let place = try #require(changed.range(of: Data(key.utf8)))
      changed.replaceSubrange(place.upperBound - value.count..<place.upperBound, with: Data(value.utf8))
      try changed.write(to: url)
      #expect(throws: DecompositionError.self, "\(key)") { try Trainer(clip: trainer.clip, resuming: url) }
    }
    try trainer.model.save(to: url)
    #expect(throws: DecompositionError.self, "a model is no checkpoint") {
      try Trainer(clip: trainer.clip, resuming: url)
    }
    try whole.write(to: url)
    let otherClip = try makeClip(width: 64, height: 32).clip
    #expect(throws: DecompositionError.self, "another clip's checkpoint") {
      try Trainer(clip: otherClip, resuming: url)
    }
  }

  /// Sizes that no integer holds, and sizes that no memory holds and the file does not either.
  @Test(arguments: [[32, 1024, 4, 8], [32, 1000, 1, 24]])
  func modelsOfImpossibleSizesAreRefused(grid: [Double]) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    try trainer().model.save(to: url)
    let text = try #require(try TensorFile(contentsOf: url).metadata["hypernvd_model"])
    var description = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    var model = try #require(description["configuration"] as? [String: Any])
    let names = ["n_levels", "base_resolution", "per_level_scale", "log2_hashmap_size"]
    for key in ["texture_grid", "residual_grid", "alpha_grid"] {
      model[key] = Dictionary(uniqueKeysWithValues: zip(names, grid))
    }
    description["configuration"] = model
    let changed = String(decoding: try JSONSerialization.data(withJSONObject: description), as: UTF8.self)
    try SafetensorsWriter.write(
      tensors: [(name: "alpha.grid", shape: [1], values: [0])], metadata: ["hypernvd_model": changed], to: url)
    let error = #expect(throws: DecompositionError.self) { try NVDModel(contentsOf: url) }
    let words = grid[2] > 1 ? "sizes that no model has" : "foreground.texture.grid"
    #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
  }

  @Test func theWarmUpIsTheSameForOneThreadAndTwo() throws {
    var configuration = DecompositionConfiguration.tiny(.paper)
    configuration.training.warmupIterations = 1
    let models = try [1, 2].map { threads in
      let trainer = try Trainer(clip: makeClip().clip, configuration: configuration, seed: 1, threads: threads)
      trainer.prepare()
      return bits(trainer.model)
    }
    #expect(models[0] == models[1])
  }

  @Test func warmUpLeadsToTheIdentity() throws {
    var configuration = DecompositionConfiguration.tiny(.paper)
    configuration.training.warmupIterations = 60
    configuration.training.networkRate = 2e-3
    let clip = try makeClip().clip
    let trainer = try Trainer(clip: clip, configuration: configuration, seed: 1, threads: 2)
    _ = try trainer.train(budget: .iterations(1))
    let frame = Renderer(model: trainer.model).frame(1)
    var sum: Float = 0
    for m in 0..<frame.size.pixelCount {
      let x = clip.geometry.normalised(Float(m % frame.size.width)) * 0.6
      sum += abs(frame.layers[1].uv[0][m] - x)
    }
    #expect(sum / Float(frame.size.pixelCount) < 0.03)
  }

  /// A pixel that several masks claim is that of the object in front; soft masks that share a pixel share it still.
  @Test func masksSayWhatIsSeen() throws {
    let clip = try makeClip().clip
    let size = clip.geometry.size
    func object(_ name: String, _ values: [UInt8]) -> ObjectMasks {
      let mask = Mask(size: size, values: values + [UInt8](repeating: 0, count: size.pixelCount - values.count))
      return ObjectMasks(name: name, masks: Array(repeating: mask, count: clip.frames.count))
    }
    let objects = [
      object("front", [255, 255, 100, 0, 0]), object("middle", [255, 0, 155, 200, 0]),
      object("last", [255, 255, 255, 255, 255]),
    ]
    let frames = (clip.frames, clip.flow, TrainingClip.identityMotion(layers: 4, frames: clip.frames.count))
    func seen(_ objects: [ObjectMasks]) throws -> [ObjectMasks] {
      try TrainingClip(frames: frames.0, objects: objects, flow: frames.1, motion: frames.2).objects
    }
    let found = try seen(objects)
    for frame in clip.frames.indices {
      let values = found.map { Array($0.masks[frame].values.prefix(5)) }
      #expect(values == [[255, 255, 100, 0, 0], [0, 0, 155, 200, 0], [0, 0, 0, 55, 255]])
    }
    #expect(try seen(found).map(\.masks) == found.map(\.masks))
  }

  @Test func theWarmUpTellsHowFarItIs() throws {
    var configuration = DecompositionConfiguration.tiny(.paper)
    configuration.training.warmupIterations = 3
    let trainer = try Trainer(clip: makeClip().clip, configuration: configuration, seed: 1, threads: 2)
    var rounds: [[Int]] = []
    _ = try trainer.train(
      budget: .iterations(1),
      onEvent: { event in
        if case .warmedUp(let done, let total) = event { rounds.append([done, total]) }
      })
    #expect(rounds == [[1, 3], [2, 3], [3, 3]])
  }

  @Test func unsuitableClipsAreRefused() throws {
    let clip = try makeClip().clip
    func make(
      frames: [Frame]? = nil, objects: [ObjectMasks]? = nil, flow: [FlowPair]? = nil, motion: [[Homography]]? = nil
    ) throws {
      _ = try TrainingClip(
        frames: frames ?? clip.frames, objects: objects ?? clip.objects, flow: flow ?? clip.flow,
        motion: motion ?? clip.motion)
    }
    try make()
    #expect(throws: DecompositionError.self) { try make(frames: [clip.frames[0]]) }
    #expect(throws: DecompositionError.self) { try make(objects: []) }
    #expect(throws: DecompositionError.self) { try make(flow: Array(clip.flow.dropLast())) }
    #expect(throws: DecompositionError.self) { try make(motion: [clip.motion[0]]) }
    #expect(throws: DecompositionError.self) {
      try make(objects: [ObjectMasks(name: "background", masks: clip.objects[0].masks)])
    }
    #expect(throws: DecompositionError.self) {
      try make(objects: [ObjectMasks(name: "a", masks: Array(clip.objects[0].masks.dropLast()))])
    }
  }
}

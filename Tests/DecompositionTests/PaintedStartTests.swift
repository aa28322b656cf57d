import Media
import Testing

@testable import Decomposition

@Suite struct PaintedStartTests {
  private func trainer(
    painted: Bool = true, reading: Float? = nil, threads: Int = 2, foregrounds: Int = 1, isHashed: Bool = false
  ) throws -> Trainer {
    var configuration = DecompositionConfiguration.tiny(.fast)
    configuration.training.paintedStart = painted
    if let reading { configuration.model.linearReading = reading }
    if isHashed { (configuration.model.textureGrid.growth, configuration.model.textureGrid.levels) = (2, 6) }
    return try Trainer(
      clip: makeClip(foregrounds: foregrounds).clip, configuration: configuration, seed: 1, threads: threads)
  }

  @Test(arguments: [1, 2]) func theFirstPictureShowsTheScene(foregrounds: Int) throws {
    let plain = try trainer(painted: false, foregrounds: foregrounds)
    let painted = try trainer(foregrounds: foregrounds)
    plain.prepare()
    painted.prepare()
    let (before, after) = (plain.measureQuality(), painted.measureQuality())
    #expect(after.psnr > before.psnr + 2.5, "\(before.psnr) -> \(after.psnr)")
    #expect(after.withoutResiduals > before.withoutResiduals + 2.5)
  }

  @Test func alphaBeginsWithTheMasks() throws {
    func error(_ trainer: Trainer) -> Float {
      trainer.prepare()
      let alpha = Renderer(model: trainer.model).frame(1).layers[0].alpha
      let mask = trainer.clip.objects[0].masks[1].values
      return mask.indices.reduce(0) { $0 + abs(alpha[0][$1] - Float(mask[$1]) / 255) } / Float(mask.count)
    }
    let (before, after) = try (error(trainer(painted: false)), error(trainer()))
    #expect(after < 0.5 * before, "\(before) -> \(after)")
  }

  @Test func nothingElseMovesAndThreadsDoNotMatter() throws {
    let one = try trainer(threads: 1)
    let two = try trainer(threads: 2)
    let start = one.model.parameters.values
    one.paint()
    two.paint()
    #expect(one.model.parameters.values == two.model.parameters.values)
    for tensor in one.model.layout.tensors {
      let moved = tensor.range.contains { one.model.parameters[$0] != start[$0] }
      let isPainted = ["texture.grid", "texture.3.bias", "alpha.grid"].contains(where: tensor.name.hasSuffix)
      #expect(moved == isPainted, "\(tensor.name)")
    }
  }

  /// The background as finely as pixels are (48 of them are .6 of the texture: cells of 1/80), objects where every entry has a
  /// place of its own.
  @Test func backgroundsArePaintedAsFinelyAsPixelsAndObjectsCoarsely() throws {
    let trainer = try trainer(isHashed: true)
    let model = trainer.model
    #expect(model.geometry.size.width == 48)
    let start = model.parameters.values
    trainer.paint()
    func painted(_ layer: Int) -> [Bool] {
      let grid = model.layers[layer].textureGrid
      return (0..<grid.configuration.levels).map { level in
        grid.range(level: level).contains { model.parameters[$0] != start[$0] }
      }
    }
    // Resolutions of 4, 8, 16, 32, 64, 128; hashed from 16 on.
    #expect(painted(0) == [true, true, false, false, false, false])
    #expect(painted(1) == [true, true, true, true, true, false])
  }

  /// Features that nothing reads straight have no meaning that could be painted.
  @Test func aModelWithoutReadingIsLeftAlone() throws {
    let trainer = try trainer(reading: 0)
    let start = trainer.model.parameters.values
    trainer.paint()
    #expect(trainer.model.parameters.values == start)
  }

  @Test func preparingTwiceIsPreparingOnce() throws {
    let trainer = try trainer()
    trainer.prepare()
    _ = try trainer.step(progress: 0)
    let trained = trainer.model.parameters.values
    trainer.prepare()
    #expect(trainer.model.parameters.values == trained)
  }

  @Test func onlyStartsThatHoldTexturesAreNotPaintedOver() {
    let training = TrainingConfiguration.fast
    #expect(training.paintedStart && training.forFineTuning(holdsTextures: false, holdsMappings: true).paintedStart)
    #expect(!training.forFineTuning(holdsTextures: true, holdsMappings: true).paintedStart)
    #expect(!TrainingConfiguration.paper.paintedStart)
  }

  @Test func onlyTrainedMappingsNeedNoWarmUp() {
    let training = TrainingConfiguration.paper
    #expect(training.forFineTuning(holdsTextures: false, holdsMappings: false).warmupIterations == 100)
    #expect(training.forFineTuning(holdsTextures: false, holdsMappings: true).warmupIterations == 0)
  }
}

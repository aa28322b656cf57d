import NeuralField
import Testing

@testable import Decomposition

@Suite struct FlowWarmupTests {
  /// A clip whose camera pans, and whose estimated motion knows nothing of it.
  private func clip() throws -> TrainingClip {
    let clip = try makeClip(pan: 0.03).clip
    return try TrainingClip(
      frames: clip.frames, objects: clip.objects, flow: clip.flow,
      motion: TrainingClip.identityMotion(layers: 2, frames: clip.frames.count))
  }

  private func trainer(_ clip: TrainingClip? = nil, steps: Int, threads: Int = 2) throws -> Trainer {
    var configuration = DecompositionConfiguration.tiny(.fast)
    (configuration.training.flowWarmupIterations, configuration.training.networkRate) = (steps, 3e-3)
    return try Trainer(clip: clip ?? self.clip(), configuration: configuration, seed: 1, threads: threads)
  }

  @Test func motionThatIsRightIsLeftAlone() throws {
    let trainer = try trainer(makeClip(pan: 0.03).clip, steps: 150)
    let start = trainer.model.parameters.values
    trainer.fitToFlow()
    #expect(trainer.model.parameters.values == start)
  }

  /// Mean distance in pixels between the background's places of matched pixels outside the object.
  private func error(_ trainer: Trainer) -> Double {
    let renderer = Renderer(model: trainer.model)
    let frames = (0..<trainer.clip.frames.count).map { renderer.frame($0) }
    let (size, scale) = (trainer.clip.geometry.size, trainer.model.layers[1].pixelsPerUV)
    var (sum, count) = (0.0, 0)
    for index in 0..<frames.count - 1 {
      let pair = trainer.clip.flow[index]
      for pixel in 0..<size.pixelCount where pair.forwardValid[pixel] != 0 {
        let x = pixel % size.width + Int(pair.forward.vectors[2 * pixel].rounded())
        let y = pixel / size.width + Int(pair.forward.vectors[2 * pixel + 1].rounded())
        let other = y * size.width + x
        guard trainer.clip.objects[0].masks[index].values[pixel] == 0, (0..<size.width).contains(x),
          (0..<size.height).contains(y)
        else { continue }
        let (from, to) = (frames[index].layers[1].uv, frames[index + 1].layers[1].uv)
        let (du, dv) = (to[0][other] - from[0][pixel], to[1][other] - from[1][pixel])
        sum += Double((du * du + dv * dv).squareRoot() * scale)
        count += 1
      }
    }
    return sum / Double(count)
  }

  @Test func fitsTheBackgroundAndNothingElse() throws {
    let trainer = try trainer(steps: 150)
    let start = trainer.model.parameters.values
    let before = error(trainer)
    trainer.fitToFlow()
    // What remains is mostly that matches are rounded to whole pixels here.
    let after = error(trainer)
    #expect(before > 1 && after < 0.5 * before, "\(before) -> \(after) px")
    for tensor in trainer.model.layout.tensors {
      let moved = tensor.range.contains { trainer.model.parameters[$0] != start[$0] }
      #expect(moved == tensor.name.hasPrefix("background.mapping"), "\(tensor.name)")
    }
  }

  @Test func isTheSameOnOneThreadAndTwoAndCanBeLeftOut() throws {
    func fitted(steps: Int, threads: Int) throws -> [Float] {
      let trainer = try trainer(steps: steps, threads: threads)
      trainer.fitToFlow()
      return trainer.model.parameters.values
    }
    let one = try fitted(steps: 5, threads: 1)
    #expect(try fitted(steps: 5, threads: 2) == one)
    #expect(try fitted(steps: 0, threads: 1) == trainer(steps: 0).model.parameters.values)
    #expect(try fitted(steps: 0, threads: 1) != one)
  }

  @Test func gradientMatchesCentralDifferences() throws {
    let clip = try clip()
    var configuration = DecompositionConfiguration.tiny(.fast)
    configuration.training.sampling.flowEvery = 1
    let model = try NVDModel(
      configuration: configuration.model, geometry: clip.geometry, layerNames: clip.layerNames, motion: clip.motion)
    model.initialize(seed: 4)
    let groups = configuration.training.sampling.groups
    let capacity = ChunkCapacity(configuration.training.sampling, groups: groups)
    let samples = ChunkSamples(capacity: capacity, foregrounds: 1)
    let workspace = FieldWorkspace(model, capacity: capacity)
    Sampler(clip: clip, configuration: configuration.training.sampling, seed: 2).draw(
      samples, groups: groups, iteration: 0, chunk: 0, globalRigidity: true, patches: false)
    var normalisers = LossNormalisers()
    normalisers.add(samples)
    let gradient = AlignedBuffer(count: model.layout.count)
    func loss() -> Double {
      ChunkGradient(model: model, kernels: .active).evaluateBackgroundMapping(
        samples, workspace: workspace, configuration: configuration.training, normalisers: normalisers,
        gradient: gradient.pointer
      ).total
    }
    let value = loss()
    let slopes = gradient.values
    let tensors = model.layout.tensors.filter { $0.name.hasPrefix("background.mapping") }
    for tensor in tensors {
      let slope = tensor.range.reduce(0.0) { $0 + Double(slopes[$1]) * Double(slopes[$1]) }.squareRoot()
      let step = 2e-4
      func moved(_ distance: Double) -> Double {
        for index in tensor.range { model.parameters[index] += Float(distance * Double(slopes[index]) / slope) }
        return loss()
      }
      let above = moved(step)
      let below = moved(-2 * step)
      _ = moved(step)
      let numeric = (above - below) / (2 * step)
      #expect(abs(numeric - slope) <= 0.08 * slope + 6e-8 * value / step, "\(tensor.name): \(slope), \(numeric)")
    }
    #expect(!tensors.isEmpty)
  }
}

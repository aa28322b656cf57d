import NeuralField

/// Fits the background's mapping to the flow before there are textures. A texture that becomes sharp while places still
/// wander holds its mapping where it is, right or wrong; the sooner it becomes sharp (as it does from a metamodel), the
/// more it matters that the mapping was right before.
///
/// Only where the estimated motion leaves half a pixel of the flow unexplained or more: what the flow does not see, a warp
/// of the texture that is the same in all frames, is free to wander meanwhile, and should not do so for nothing.
///
/// Adam on the losses of flow and rigidity, on batches of a third of the preset's; the rates fall as in a run. Not for
/// foregrounds: what moves in itself has no mapping that follows its flow, and the detour cost it a fifth of a decibel.
struct FlowWarmup {
  let model: NVDModel
  let clip: TrainingClip
  let configuration: TrainingConfiguration
  let runner: LaneRunner
  let kernels: Kernels
  let seed: UInt64

  /// Mean distance of matched places, in pixels of the video, that is left as it is.
  private static let goodEnough = 0.5
  private static let chunks = 2
  private static let pointsPerChunk = 1000
  /// Keeps its batches apart from those of the training.
  private static let seedSalt: UInt64 = 0xf10f

  /// - Parameter shouldStop: asked before every step.
  func run(shouldStop: () -> Bool) {
    let steps = configuration.flowWarmupIterations
    guard steps > 0, configuration.weights.flowMapping > 0 else { return }
    let sampling = sampling
    let groups = (Self.pointsPerChunk + sampling.groupSize - 1) / sampling.groupSize
    let sampler = Sampler(clip: clip, configuration: sampling, seed: seed ^ Self.seedSalt)
    let capacity = ChunkCapacity(sampling, groups: groups)
    let samples = (0..<Self.chunks).map { _ in ChunkSamples(capacity: capacity, foregrounds: model.foregroundCount) }
    let workspaces = (0..<runner.lanes).map { _ in
      FieldWorkspace(model, capacity: capacity, precision: configuration.precision, kernels: kernels)
    }
    let networks = model.layout.range(of: .network)
    let gradients = samples.map { _ in PartialGradient(range: networks) }
    let errors = AlignedBuffer(count: Self.chunks)
    let evaluator = ChunkGradient(model: model, kernels: kernels)
    let adam = Adam(configuration.adam, layout: model.layout)
    for step in 0..<steps where !shouldStop() {
      runner.run(chunks: Self.chunks) { _, chunk in
        sampler.draw(
          samples[chunk], groups: groups, iteration: step, chunk: chunk, globalRigidity: true, patches: false)
      }
      let normalisers = samples.reduce(into: LossNormalisers()) { $0.add($1) }
      runner.run(chunks: Self.chunks) { lane, chunk in
        let terms = evaluator.evaluateBackgroundMapping(
          samples[chunk], workspace: workspaces[lane], configuration: configuration, normalisers: normalisers,
          gradient: gradients[chunk].base)
        errors[chunk] = Float(terms[.flowMapping]) / configuration.weights.flowMapping
      }
      if step == 0, Double(errors[0] + errors[1]) < Self.goodEnough { return }
      let factor = configuration.schedule.factor(at: Double(step) / Double(steps))
      adam.beginStep()
      adam.update(
        model.parameters, range: networks, gradients: gradients.map(\.start), rate: configuration.networkRate * factor,
        kernels: kernels)
    }
  }

  /// The run's, with a match for every point.
  private var sampling: SamplingConfiguration {
    var result = configuration.sampling
    result.flowEvery = 1
    return result
  }
}

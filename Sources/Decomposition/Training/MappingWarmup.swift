import NeuralField

/// The paper's warm-up: fits every mapping to `M_i(p) = s_i (x, y)` (plain mappings only start near there by training),
/// one Adam step a frame with 10,000 of its points.
struct MappingWarmup {
  let model: NVDModel
  let runner: LaneRunner
  let kernels: Kernels
  let seed: UInt64

  private static let pointsPerStep = 10_000
  private static let chunkPoints = 500

  /// - Parameters:
  ///   - rounds: passes over the frames.
  ///   - onRound: hears how many are done after every one.
  func run(
    rounds: Int, rate: Float, adam configuration: AdamConfiguration, shouldStop: () -> Bool, onRound: (Int) -> Void
  ) {
    guard rounds > 0 else { return }
    let adam = Adam(configuration, layout: model.layout)
    let capacity = ChunkCapacity(colour: Self.chunkPoints, matches: 0, globalRigidity: 0, patches: 0)
    let workspaces = (0..<runner.lanes).map { _ in FieldWorkspace(model, capacity: capacity) }
    let networks = model.layout.range(of: .network)
    // At least two, so that one thread and two add in the same order.
    let gradients = (0..<max(runner.lanes, 2)).map { _ in PartialGradient(range: networks) }
    let chunks = Self.pointsPerStep / Self.chunkPoints
    for round in 0..<rounds where !shouldStop() {
      for frame in 0..<model.geometry.frameCount {
        runner.run(chunks: gradients.count) { lane, part in
          for chunk in stride(from: part, to: chunks, by: gradients.count) {
            var random = RandomSource(seed: seed, path: 0x3a93, UInt64(round), UInt64(frame), UInt64(chunk))
            addGradient(frame: frame, random: &random, workspace: workspaces[lane], gradient: gradients[part].base)
          }
        }
        adam.beginStep()
        adam.update(
          model.parameters, range: networks, gradients: gradients.map(\.start), rate: rate, kernels: kernels)
      }
      onRound(round + 1)
    }
  }

  private func addGradient(
    frame: Int, random: inout RandomSource, workspace: FieldWorkspace, gradient: UnsafeMutablePointer<Float>
  ) {
    let count = Self.chunkPoints
    let size = model.geometry.size
    let x = (0..<count).map { _ in Float(random.index(below: size.width)) }
    let y = (0..<count).map { _ in Float(random.index(below: size.height)) }
    let frames = [Int32](repeating: Int32(frame), count: count)
    model.place(x: x, y: y, frame: frames, count: count, into: workspace.position)
    for (index, layer) in model.layers.enumerated() {
      model.evaluateMapping(
        layer: index, position: workspace.position, x: x, y: y, frame: { _ in frame }, count: count,
        workspace: workspace, uv: workspace.uv[index], kernels: kernels)
      for axis in 0..<2 {
        let (uv, position, dz) = (workspace.uv[index][axis], workspace.position[axis], workspace.scratch[axis])
        for m in 0..<count {
          let error = uv[m] - MappingBase.clamp(layer.scale * position[m])
          dz[m] = 2 * error * (1 - uv[m] * uv[m]) / Float(Self.pointsPerStep)
        }
      }
      layer.mapping.backward(
        model.parameters.pointer, input: workspace.position, workspace: workspace.mappingNetworks[index],
        outputGradient: workspace.scratch, inputGradient: nil, count: count, gradient: gradient, kernels: kernels)
    }
  }
}

import NeuralField
import Testing

@testable import Decomposition

/// Every loss on its own, through the whole model: the gradient along random directions of each parameter tensor against
/// central differences of the loss. Kinks are kept rare by small steps: ReLU, cell borders of the grids, |.|, max.
@Suite struct LossGradientTests {
  @Test(arguments: LossTerm.allCases, [1, 2])
  func gradientMatchesCentralDifferences(term: LossTerm, foregrounds: Int) throws {
    try check(term: term, preset: .fast, foregrounds: foregrounds, everywhere: true)
  }

  /// Where foregrounds are evaluated near their objects only. Losses whose kinks show when few points count are left to
  /// the test above.
  @Test(
    arguments: [
      LossTerm.rgb, .bare, .flowMapping, .sparsity, .residualRegularisation, .lightRegularisation, .alphaRegularisation,
      .bootstrapping,
    ], [1, 2])
  func gradientMatchesWhereForegroundsAreSkipped(term: LossTerm, foregrounds: Int) throws {
    try check(term: term, preset: .fast, foregrounds: foregrounds, everywhere: false)
  }

  /// Mean over points and channels, summed over layers, of (S - 1)^2.
  @Test func lightRegularisationIsTheDistanceOfCoarseLightFromOne() throws {
    let problem = try GradientProblem(
      term: .lightRegularisation, preset: .fast, foregrounds: 1, emptyResidualGrids: false, everywhere: true)
    let loss = problem.gradient().loss
    let light = try #require(problem.workspace.coarseLight)
    let channels = problem.model.configuration.residualChannels
    var expected = 0.0
    for layer in problem.model.layers.indices {
      for channel in 0..<channels {
        for m in 0..<problem.samples.colourCount {
          let distance = Double(light.values[layer][channel][m]) - 1
          expected += Double(problem.samples.weight[m]) * distance * distance
        }
      }
    }
    expected /= Double(channels) * Double(problem.normalisers.points)
    #expect(abs(loss - expected) < 1e-5 * expected && expected > 0.001)
  }

  private func check(term: LossTerm, preset: Preset, foregrounds: Int, everywhere: Bool) throws {
    // Residuals do not pass gradients on to the mapping (uv is detached), so the mapping is checked where they do not
    // depend on uv: with empty residual grids.
    func problem(emptyResidualGrids: Bool) throws -> GradientProblem {
      try GradientProblem(
        term: term, preset: preset, foregrounds: foregrounds, emptyResidualGrids: emptyResidualGrids,
        everywhere: everywhere)
    }
    let (whole, detached) = (try problem(emptyResidualGrids: false), try problem(emptyResidualGrids: true))
    #expect(whole.samples.layers[0].skipped.isEmpty == everywhere)
    let compared =
      check(whole) { !$0.name.contains(".mapping.") } + check(detached) { $0.name.contains(".mapping.") }
    #expect(compared > 0, "\(term.name) moves no parameter")
  }

  /// Checks the tensors that `selects` names and that the loss moves; returns their number.
  private func check(_ problem: GradientProblem, selects: (ParameterTensor) -> Bool) -> Int {
    let (value, gradient) = problem.gradient()
    func slope(_ tensor: ParameterTensor) -> Double {
      tensor.range.reduce(0.0) { $0 + Double(gradient[$1]) * Double(gradient[$1]) }.squareRoot()
    }
    // Losses of small differences between neighbours cancel in single precision: of them only the strongest grids and
    // weights are compared here; `PeerParityTests` compares all of them with double precision.
    let delicate = [.gradient, .residualSmoothness].contains(problem.term)
    let strongest = problem.model.layout.tensors.map(slope).max() ?? 0
    var compared = 0
    for tensor in problem.model.layout.tensors where selects(tensor) {
      let slope = slope(tensor)
      guard slope > 0, !delicate || (slope > 0.3 * strongest && !tensor.name.hasSuffix("bias")) else { continue }
      compared += 1
      // Along the gradient itself, where the loss changes most for the size of the step and kinks matter least.
      let direction = tensor.range.map { Double(gradient[$0]) / slope }
      // Single precision blurs the quotient by about 6e-8 of the loss.
      let step = 2e-4
      let numeric = problem.centralDifference(tensor: tensor, direction: direction, step: step)
      #expect(
        abs(numeric - slope) <= 0.08 * slope + 6e-8 * value / step,
        "\(tensor.name): analytic \(slope), numeric \(numeric), step \(step), loss \(value)")
    }
    return compared
  }
}

/// One loss of one chunk as a function of the parameters.
private struct GradientProblem {
  let model: NVDModel
  let samples: ChunkSamples
  let workspace: FieldWorkspace
  let training: TrainingConfiguration
  let normalisers: LossNormalisers
  let term: LossTerm

  init(term: LossTerm, preset: Preset, foregrounds: Int, emptyResidualGrids: Bool, everywhere: Bool) throws {
    let (clip, _) = try makeClip(foregrounds: foregrounds, pan: 0.08)
    var configuration = DecompositionConfiguration.tiny(preset)
    configuration.training.weights = LossWeights(only: term)
    if everywhere { configuration.training.sampling.foregroundMargin = 1 }
    // The units that carry a linear reading hand on exact zeros: they begin on the kink of ReLU, where no slope is right.
    configuration.model.linearReading = 0
    self.term = term
    training = configuration.training
    model = try NVDModel(
      configuration: configuration.model, geometry: clip.geometry, layerNames: clip.layerNames, motion: clip.motion)
    model.initialize(seed: 11)
    // Grids and mappings far from their starting values, where every network has something to say.
    var random = RandomSource(seed: 5)
    for tensor in model.layout.tensors where tensor.group == .grid || tensor.name.contains("mapping.3") {
      for index in tensor.range { model.parameters[index] = random.symmetric(tensor.group == .grid ? 0.5 : 0.1) }
      guard emptyResidualGrids, tensor.name.hasSuffix("residual.grid") else { continue }
      for index in tensor.range { model.parameters[index] = 0 }
    }
    let groups = training.sampling.groups
    let capacity = ChunkCapacity(training.sampling, groups: groups)
    samples = ChunkSamples(capacity: capacity, foregrounds: foregrounds)
    workspace = FieldWorkspace(
      model, capacity: capacity, lightMean: LightMean(model, levels: training.coarseLightLevels))
    Sampler(clip: clip, configuration: training.sampling, seed: 2).draw(
      samples, groups: groups, iteration: 0, chunk: 0, globalRigidity: true, patches: true)
    for point in 0..<samples.colourCount { samples.weight[point] *= 0.5 + random.unit() }
    var normalisers = LossNormalisers()
    normalisers.add(samples)
    self.normalisers = normalisers
  }

  private func evaluate(_ gradient: AlignedBuffer) -> Double {
    var grids = GridGradients(model, capacity: workspace.capacity)
    let terms = ChunkGradient(model: model, kernels: .active).evaluate(
      samples, workspace: workspace, configuration: training,
      phases: LossPhases(bootstrapping: true, rigidity: true, globalRigidity: true), normalisers: normalisers,
      gradient: gradient.pointer, grids: &grids)
    grids.add(to: gradient, of: model)
    return terms[term]
  }

  func gradient() -> (loss: Double, gradient: AlignedBuffer) {
    let gradient = AlignedBuffer(count: model.layout.count)
    let loss = evaluate(gradient)
    return (loss, gradient)
  }

  private var points: Range<Int> { 0..<samples.colourCount }

  /// The loss without residuals of the last evaluation, with `given` in place of what the changing light adds.
  private func bareLoss(given: [[Float]]) -> Double {
    var sum = 0.0
    for channel in 0..<3 {
      for m in points {
        let textures = workspace.bareColour[channel][m] - workspace.addedLight[channel][m]
        let error = Double(textures + given[channel][m] - samples.target[channel][m])
        sum += Double(samples.weight[m]) * error * error
      }
    }
    return sum * Double(training.weights.bare) / Double(normalisers.points)
  }

  func centralDifference(tensor: ParameterTensor, direction: [Double], step: Double) -> Double {
    let scratch = AlignedBuffer(count: model.layout.count)
    let original = tensor.range.map { model.parameters[$0] }
    // The loss without residuals takes what the changing light adds as given: as it is without an offset.
    _ = evaluate(scratch)
    let given = term == .bare ? (0..<3).map { channel in points.map { workspace.addedLight[channel][$0] } } : nil
    func loss(at offset: Double) -> Double {
      for (i, index) in tensor.range.enumerated() {
        model.parameters[index] = Float(Double(original[i]) + offset * direction[i])
      }
      let loss = evaluate(scratch)
      return given.map { bareLoss(given: $0) } ?? loss
    }
    let difference = (loss(at: step) - loss(at: -step)) / (2 * step)
    for (i, index) in tensor.range.enumerated() { model.parameters[index] = original[i] }
    return difference
  }
}

extension LossWeights {
  /// Only one loss, with a weight that makes its gradient large enough to measure in single precision.
  init(only term: LossTerm) {
    self.init()
    (rgb, bare, gradient, flowMapping, flowAlpha, sparsity) = (0, 0, 0, 0, 0, 0)
    (residualSmoothness, residualRegularisation, lightRegularisation) = (0, 0, 0)
    (alphaRegularisation, rigidity) = (0, 0)
    (globalRigidityForeground, globalRigidityBackground, bootstrapping) = (0, 0, 0)
    switch term {
    case .rgb: rgb = 1
    case .bare: bare = 1
    case .gradient: gradient = 1
    case .flowMapping: flowMapping = 0.1
    case .flowAlpha: flowAlpha = 1
    case .sparsity: sparsity = 1
    case .residualSmoothness: residualSmoothness = 1
    case .residualRegularisation: residualRegularisation = 1
    case .lightRegularisation: lightRegularisation = 1
    case .alphaRegularisation: alphaRegularisation = 1
    case .rigidity: rigidity = 0.1
    case .globalRigidity: (globalRigidityForeground, globalRigidityBackground) = (0.1, 0.1)
    case .bootstrapping: bootstrapping = 1
    }
  }
}

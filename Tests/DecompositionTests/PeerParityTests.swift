import NeuralField
import Testing

@testable import Decomposition

/// The model against the PyTorch peer, which states it independently and computes in double precision.
@Suite struct PeerParityTests {
  static let cases = ["paper", "fast", "layers"]

  @Test(arguments: cases)
  func forwardValues(name: String) throws {
    let fixture = try PeerFixture(name)
    let workspace = FieldWorkspace(fixture.model, capacity: fixture.capacity)
    _ = fixture.evaluate(weights: fixture.training.weights, workspace: workspace)
    let layers = fixture.model.layerCount
    for (tensor, rows, features) in [
      ("expected.uv", workspace.uv, 2), ("expected.texture", workspace.texture, 3),
      ("expected.residual", workspace.residual, 3),
    ] {
      let expected = try fixture.file.floats(tensor)
      for p in 0..<fixture.samples.colourCount {
        for layer in 0..<layers {
          for feature in 0..<features {
            let (found, wanted) = (rows[layer][feature][p], expected[(p * layers + layer) * features + feature])
            #expect(abs(found - wanted) < 2e-5, "\(tensor) of point \(p), layer \(layer): \(found), not \(wanted)")
          }
        }
      }
    }
    let alpha = try fixture.file.floats("expected.alpha")
    for p in 0..<fixture.samples.colourCount {
      for layer in 0..<layers {
        let (found, wanted) = (workspace.alpha[layer][p], alpha[p * layers + layer])
        #expect(abs(found - wanted) < 2e-5, "alpha of point \(p), layer \(layer): \(found), not \(wanted)")
      }
    }
  }

  @Test(arguments: cases)
  func lossValues(name: String) throws {
    let fixture = try PeerFixture(name)
    let workspace = FieldWorkspace(fixture.model, capacity: fixture.capacity)
    let terms = fixture.evaluate(weights: fixture.training.weights, workspace: workspace).terms
    var compared = 0
    for term in LossTerm.allCases where fixture.file.tensors["loss.\(term.name)"] != nil {
      let expected = Double(try fixture.file.floats("loss.\(term.name)")[0])
      compared += 1
      #expect(
        abs(terms[term] - expected) <= 1e-4 * abs(expected) + 1e-7, "\(term.name): \(terms[term]), not \(expected)")
    }
    #expect(compared >= 10)
  }

  @Test(arguments: cases)
  func gradientOfTheTotal(name: String) throws {
    let fixture = try PeerFixture(name)
    let workspace = FieldWorkspace(fixture.model, capacity: fixture.capacity)
    let gradient = fixture.evaluate(weights: fixture.training.weights, workspace: workspace).gradient
    for tensor in fixture.model.layout.tensors {
      try compare(gradient, with: "gradient.\(tensor.name)", tensor, of: fixture, tolerance: 1e-3)
    }
  }

  @Test(arguments: cases, LossTerm.allCases)
  func gradientOfOneLoss(name: String, term: LossTerm) throws {
    let fixture = try PeerFixture(name)
    let workspace = FieldWorkspace(fixture.model, capacity: fixture.capacity)
    let gradient = fixture.evaluate(weights: fixture.training.weights.only(term), workspace: workspace).gradient
    for tensor in fixture.model.layout.tensors {
      let reference = "term.\(term.name).\(tensor.name)"
      guard fixture.file.tensors[reference] != nil else { continue }
      try compare(gradient, with: reference, tensor, of: fixture, tolerance: 2e-3)
    }
  }

  /// Ten Adam steps on one batch: the trace of the total loss.
  @Test(arguments: cases)
  func tenStepTrace(name: String) throws {
    let fixture = try PeerFixture(name)
    let expected = try fixture.file.floats("expected.trace")
    let workspace = FieldWorkspace(fixture.model, capacity: fixture.capacity)
    let update = ModelUpdate(
      model: fixture.model, adam: Adam(fixture.training.adam, layout: fixture.model.layout),
      runner: LaneRunner(lanes: 2), kernels: .active)
    var grids = GridGradients(fixture.model, capacity: fixture.capacity)
    let networks = PartialGradient(range: fixture.model.layout.range(of: .network))
    for (step, wanted) in expected.enumerated() {
      let terms = fixture.step(workspace: workspace, grids: &grids, networks: networks, update: update)
      #expect(abs(terms.total - Double(wanted)) < 2e-3 * Double(wanted), "step \(step): \(terms.total), not \(wanted)")
    }
  }

  /// Differences are judged against the largest value of the tensor.
  private func compare(
    _ gradient: AlignedBuffer, with reference: String, _ tensor: ParameterTensor, of fixture: PeerFixture,
    tolerance: Float
  ) throws {
    let expected = try fixture.file.floats(reference, shape: tensor.shape)
    let largest = expected.reduce(0) { max($0, abs($1)) }
    let worst = zip(tensor.range, expected).map { abs(gradient[$0] - $1) }.max() ?? 0
    #expect(worst <= tolerance * largest + 1e-7, "\(reference): off by \(worst) where the largest is \(largest)")
  }
}

extension LossWeights {
  /// These weights with all but one loss switched off.
  func only(_ term: LossTerm) -> LossWeights {
    var weights = LossWeights(only: term)
    switch term {
    case .rgb: weights.rgb = rgb
    case .bare: weights.bare = bare
    case .gradient: weights.gradient = gradient
    case .flowMapping: weights.flowMapping = flowMapping
    case .flowAlpha: weights.flowAlpha = flowAlpha
    case .sparsity: weights.sparsity = sparsity
    case .residualSmoothness: weights.residualSmoothness = residualSmoothness
    case .residualRegularisation: weights.residualRegularisation = residualRegularisation
    case .lightRegularisation: weights.lightRegularisation = lightRegularisation
    case .alphaRegularisation: weights.alphaRegularisation = alphaRegularisation
    case .rigidity: weights.rigidity = rigidity
    case .globalRigidity:
      weights.globalRigidityForeground = globalRigidityForeground
      weights.globalRigidityBackground = globalRigidityBackground
    case .bootstrapping: weights.bootstrapping = bootstrapping
    }
    return weights
  }
}

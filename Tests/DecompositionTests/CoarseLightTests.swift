import NeuralField
import Testing

@testable import Decomposition

@Suite struct CoarseLightTests {
  /// Residual features of random points, and what the residual's network makes of them.
  private struct Problem {
    let model: NVDModel
    let mean: LightMean?
    let workspace: FieldWorkspace
    let count = 60

    init(lightLevels: Int) throws {
      let clip = try makeClip().clip
      let configuration = DecompositionConfiguration.tiny(.fast)
      model = try NVDModel(
        configuration: configuration.model, geometry: clip.geometry, layerNames: clip.layerNames, motion: clip.motion)
      model.initialize(seed: 2)
      var random = RandomSource(seed: 9)
      for tensor in model.layout.tensors where tensor.group == .grid {
        for index in tensor.range { model.parameters[index] = random.symmetric(0.5) }
      }
      let sampling = configuration.training.sampling
      mean = LightMean(model, levels: lightLevels)
      workspace = FieldWorkspace(
        model, capacity: ChunkCapacity(sampling, groups: sampling.groups), lightMean: mean)
      for m in 0..<count {
        for axis in 0..<2 {
          workspace.uv[0][axis][m] = random.symmetric(1)
          workspace.residualInput[0][axis][m] = 0.5 + 0.5 * workspace.uv[0][axis][m]
        }
        workspace.residualInput[0][2][m] = random.unit()
      }
    }

    /// (residual, coarse light) of the first layer.
    func evaluate() -> (residual: [Float], light: [Float]) {
      model.evaluateResidual(layer: 0, count: count, workspace: workspace, kernels: .active)
      workspace.coarseLight?.evaluate(
        model, layer: 0, uv: workspace.uv[0], residualFeatures: workspace.residualFeatures[0], count: count,
        kernels: .active)
      let light = workspace.coarseLight?.values[0]
      return (
        (0..<count).map { workspace.residual[0][1][$0] }, light.map { light in (0..<count).map { light[1][$0] } } ?? []
      )
    }
  }

  @Test(arguments: [4, 99]) func ofAllLevelsItIsTheResidual(levels: Int) throws {
    let (residual, light) = try Problem(lightLevels: levels).evaluate()
    #expect(residual == light)
  }

  @Test func finerLevelsDoNotMoveIt() throws {
    let problem = try Problem(lightLevels: 2)
    let (residual, light) = problem.evaluate()
    let grid = problem.model.layers[0].residualGrid
    for level in 2..<4 { for index in grid.range(level: level) { problem.model.parameters[index] += 0.1 } }
    let (other, same) = problem.evaluate()
    #expect(residual != other && light == same)
    for index in grid.range(level: 1) { problem.model.parameters[index] += 0.1 }
    #expect(problem.evaluate().light != light)
  }

  /// sum_i alpha_i T_i, plus sum_i alpha_i T_i (S_i - M_i).
  @Test func texturesAreAskedForThePictureUnderWhatChanges() throws {
    let problem = try Problem(lightLevels: 2)
    let (model, workspace, count) = (problem.model, problem.workspace, problem.count)
    let mean = try #require(problem.mean)
    var random = RandomSource(seed: 4)
    for index in 0..<mean.sums.count { mean.sums[index] = random.unit() }
    mean.average()
    _ = problem.evaluate()
    for m in 0..<count {
      (workspace.alpha[0][m], workspace.alpha[1][m]) = (1, 0)
      for channel in 0..<3 { workspace.texture[0][channel][m] = random.unit() }
    }
    model.composite(count: count, workspace: workspace)
    let light = try #require(workspace.coarseLight?.values[0])
    let means = FeatureRows(features: 3, capacity: count)
    mean.read(layer: 0, uv: workspace.uv[0], count: count, into: means)
    for channel in 0..<3 {
      for m in 0..<count {
        let texture = workspace.texture[0][channel][m]
        let added = texture * (light[channel][m] - means[channel][m])
        #expect(abs(workspace.addedLight[channel][m] - added) < 1e-6)
        #expect(abs(workspace.bareColour[channel][m] - texture - added) < 1e-6)
      }
    }
  }

  @Test func noLevelsAreNoLight() throws {
    #expect(try Problem(lightLevels: 0).workspace.coarseLight == nil)
  }
}

import Decomposition
import Dispatch
import Media
import SyntheticScenes

/// Does longer training find the true layers better? Trains on a procedural clip, whose layers are known, with budgets that
/// quadruple, each with the schedule planned for it. Every repetition has a seed of its own, for the scene and for the model.
public struct TruthScenario: BenchScenario {
  public let name = "truth"
  public let summary = "training on a procedural clip: errors of its layers against the truth, budget by budget"
  public let hasSettings = true
  public var defaultRepetitions: Int { 3 }

  /// The largest budget is `BenchRequest.truthIterations`, each other one a quarter of the next.
  private static let budgets = 4

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let iterations = (0..<Self.budgets).reversed().map { max(1, request.truthIterations >> (2 * $0)) }
    let runs = try (1...(request.repetitions ?? defaultRepetitions)).map { seed in
      try run(UInt64(seed), iterations: iterations, request)
    }
    var result = BenchResult(self, seconds: runs.map(\.seconds), threads: request.threads)
    result.truth = iterations.indices.flatMap { budget in
      runs[0].rows[budget].indices.map { layer in
        BenchResult.Truth(median: runs.map { $0.rows[budget][layer] })
      }
    }
    return result
  }

  private func run(
    _ seed: UInt64, iterations: [Int], _ request: BenchRequest
  ) throws -> (seconds: Double, rows: [[BenchResult.Truth]]) {
    var configuration = SceneConfiguration()
    configuration.size = PixelSize(width: request.size.width / 2, height: request.size.height / 2)
    configuration.frameCount = request.frames
    configuration.seed = seed
    let scene = SceneGenerator.make(configuration)
    let clip = try BenchModel.clip(scene)
    let start = DispatchTime.now().uptimeNanoseconds
    let rows = try iterations.map { budget in
      let trainer = try Trainer(
        clip: clip, configuration: request.trainedConfiguration(for: clip), seed: seed, threads: request.threads)
      _ = try trainer.train(budget: .iterations(budget))
      let renderer = Renderer(model: trainer.model, threads: request.threads)
      let frames = scene.clip.frames.indices.map { renderer.frame($0) }
      let psnr = try Evaluation.measure(renderer, clip: clip).psnr
      return try scene.layers.indices.map { layer in
        BenchResult.Truth(
          iterations: budget, layer: scene.layers[layer].name,
          errors: try TruthErrors(
            frames, scene: scene, layer: layer, pixelsPerUV: trainer.model.pixelsPerUV(layer: layer)),
          psnr: psnr)
      }
    }
    return (Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9, rows)
  }
}

import NeuralField
import Testing

@testable import Decomposition

/// How far bf16 products move a trained mapping, in pixels of the video.
struct MappingPrecision {
  /// Root mean square and 99th percentile of the distance between uv in both precisions, over the pixels of all frames
  /// at which the layer is seen (opacity above one half).
  let rootMeanSquare: Double
  let percentile99: Double
  /// The same of differences between horizontal neighbours: what an edit would jitter by.
  let stepRootMeanSquare: Double

  init(_ model: NVDModel, layer: Int, every: Int = 1) {
    let size = model.geometry.size
    let capacity = ChunkCapacity(colour: size.width, matches: 0, globalRigidity: 0, patches: 0)
    let workspaces = [MLPPrecision.single, .bfloat16].map {
      FieldWorkspace(model, capacity: capacity, precision: $0)
    }
    let scale = model.layers[layer].pixelsPerUV
    var (distances, steps): ([Double], [Double]) = ([], [])
    for row in stride(from: 0, to: size.height * model.geometry.frameCount, by: every) {
      let (y, frame) = (row % size.height, row / size.height)
      let x = (0..<size.width).map { Float($0) }
      for workspace in workspaces {
        model.place(
          x: x, y: x.map { _ in Float(y) }, frame: x.map { _ in Int32(frame) }, count: size.width,
          into: workspace.position)
        model.evaluateMapping(
          layer: layer, position: workspace.position, x: x, y: x.map { _ in Float(y) }, frame: { _ in frame },
          count: size.width, workspace: workspace, uv: workspace.uv[layer], kernels: .active)
      }
      let (a, b) = (workspaces[0].uv[layer], workspaces[1].uv[layer])
      let error = (0..<size.width).map { m in
        (u: Double((a[0][m] - b[0][m]) * scale), v: Double((a[1][m] - b[1][m]) * scale))
      }
      model.evaluateAlpha(
        position: workspaces[0].position, count: size.width, workspace: workspaces[0], kernels: .active)
      let alpha = workspaces[0].alpha[layer]
      for m in 0..<size.width where alpha[m] > 0.5 {
        distances.append((error[m].u * error[m].u + error[m].v * error[m].v).squareRoot())
        guard m > 0, alpha[m - 1] > 0.5 else { continue }
        let (du, dv) = (error[m].u - error[m - 1].u, error[m].v - error[m - 1].v)
        steps.append((du * du + dv * dv).squareRoot())
      }
    }
    func meanSquare(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } / Double(values.count) }
    rootMeanSquare = meanSquare(distances).squareRoot()
    stepRootMeanSquare = meanSquare(steps).squareRoot()
    percentile99 = distances.sorted()[distances.count * 99 / 100]
  }
}

@Suite(.enabled(if: Kernels.active.hasBFloat16, "needs a processor with AVX512-BF16 or AMX"))
struct MappingPrecisionTests {
  /// The bar for real clips is 0.05 px at 768 pixels (docs/quality.md has what was measured there); this clip is 96 wide.
  @Test func trainedMappingsStayInPlace() throws {
    let (clip, _) = try makeClip(width: 96, height: 64, frames: 6)
    let trainer = try Trainer(clip: clip, configuration: .preset(.fast, for: clip.geometry.size), seed: 1)
    _ = try trainer.train(budget: .iterations(150))
    for layer in trainer.model.layers.indices {
      let precision = MappingPrecision(trainer.model, layer: layer)
      #expect(precision.rootMeanSquare > 0, "both precisions were the same")
      #expect(precision.rootMeanSquare < 0.05 && precision.stepRootMeanSquare < 0.05, "\(precision)")
    }
  }
}

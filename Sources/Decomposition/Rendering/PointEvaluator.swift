import Foundation
import NeuralField

/// Forward evaluation of a model at any number of points, in parallel: what rendering and metrics are made of.
struct PointEvaluator: Sendable {
  let model: NVDModel
  let runner: LaneRunner
  let kernels: Kernels
  private let workspaces: [FieldWorkspace]

  static let chunkPoints = 1000

  /// Which networks an evaluation needs besides the mappings.
  struct Parts: OptionSet, Sendable {
    let rawValue: Int
    static let alpha = Parts(rawValue: 1)
    static let residual = Parts(rawValue: 2)
    static let texture = Parts(rawValue: 4)
    /// The reconstructions; needs the other three.
    static let colour = Parts(rawValue: 15)
  }

  init(model: NVDModel, runner: LaneRunner = LaneRunner(), kernels: Kernels = .active) {
    self.model = model
    self.runner = runner
    self.kernels = kernels
    let capacity = ChunkCapacity(colour: Self.chunkPoints, matches: 0, globalRigidity: 0, patches: 0)
    workspaces = (0..<runner.lanes).map { _ in FieldWorkspace(model, capacity: capacity) }
  }

  /// Evaluates points in chunks and hands each chunk's values to `body` on its lane: `start` is the chunk's first point.
  ///
  /// - Parameter point: pixel coordinates and frame of a point by its number.
  func evaluate(
    count: Int, parts: Parts, point: @Sendable (Int) -> (x: Float, y: Float, frame: Int),
    body: @Sendable (_ lane: Int, _ start: Int, _ count: Int, FieldWorkspace) -> Void
  ) {
    let chunks = (count + Self.chunkPoints - 1) / Self.chunkPoints
    runner.run(chunks: chunks) { lane, chunk in
      let start = chunk * Self.chunkPoints
      let points = min(Self.chunkPoints, count - start)
      let workspace = workspaces[lane]
      var (x, y) = ([Float](repeating: 0, count: points), [Float](repeating: 0, count: points))
      var frame = [Int32](repeating: 0, count: points)
      for m in 0..<points {
        let place = point(start + m)
        (x[m], y[m], frame[m]) = (place.x, place.y, Int32(place.frame))
      }
      forward(x: x, y: y, frame: frame, count: points, parts: parts, workspace: workspace)
      body(lane, start, points, workspace)
    }
  }

  private func forward(x: [Float], y: [Float], frame: [Int32], count: Int, parts: Parts, workspace: FieldWorkspace) {
    model.place(x: x, y: y, frame: frame, count: count, into: workspace.position)
    for layer in model.layers.indices {
      model.evaluateMapping(
        layer: layer, position: workspace.position, x: x, y: y, frame: { Int(frame[$0]) }, count: count,
        workspace: workspace, uv: workspace.uv[layer], kernels: kernels)
      if parts.contains(.texture) {
        model.evaluateTexture(
          layer: layer, uv: workspace.uv[layer], count: count, workspace: workspace, kernels: kernels)
      }
      if parts.contains(.residual) {
        let input = workspace.residualInput[layer]
        for axis in 0..<2 { NVDModel.toUnit(workspace.uv[layer][axis], input[axis], count: count) }
        NVDModel.toUnit(workspace.position[2], input[2], count: count)
        model.evaluateResidual(layer: layer, count: count, workspace: workspace, kernels: kernels)
      }
    }
    if parts.contains(.alpha) {
      model.evaluateAlpha(position: workspace.position, count: count, workspace: workspace, kernels: kernels)
    }
    if parts.contains(.colour) { model.composite(count: count, workspace: workspace) }
  }

  /// Colours of a layer's texture at `count` places of its uv space, handed out chunk by chunk.
  func evaluateTexture(
    layer: Int, count: Int, place: @Sendable (Int) -> (u: Float, v: Float),
    body: @Sendable (_ start: Int, _ count: Int, FeatureRows) -> Void
  ) {
    let chunks = (count + Self.chunkPoints - 1) / Self.chunkPoints
    runner.run(chunks: chunks) { lane, chunk in
      let start = chunk * Self.chunkPoints
      let points = min(Self.chunkPoints, count - start)
      let workspace = workspaces[lane]
      let uv = workspace.uv[layer]
      for m in 0..<points { (uv[0][m], uv[1][m]) = place(start + m) }
      model.evaluateTexture(layer: layer, uv: uv, count: points, workspace: workspace, kernels: kernels)
      body(start, points, workspace.texture[layer])
    }
  }
}

import Foundation
import NeuralField

/// Forward evaluation of a model at any number of points, in parallel: what rendering and metrics are made of.
///
/// A layer is evaluated only where it is seen. Where its composed opacity is at most `unseen`, its uv and colour are 0
/// and its light is 1; that changes a composed colour by at most `unseen * |T R|` (a sixteenth of an 8-bit step for
/// T R = 1).
///
/// Evaluations from different threads wait for each other; `body` must not begin another one.
struct PointEvaluator: Sendable {
  let model: NVDModel
  let runner: LaneRunner
  let kernels: Kernels
  /// Opacity up to which a layer counts as absent; below 0 every layer is evaluated everywhere.
  let unseen: Float
  private let lanes: [Lane]
  /// The lanes' memory is for one evaluation at a time.
  private let turn = NSLock()

  static let chunkPoints = 1024
  /// A sixteenth of an 8-bit step.
  static let unseenOpacity: Float = 1 / 4096

  /// Which networks an evaluation needs besides the mappings.
  struct Parts: OptionSet, Sendable {
    let rawValue: Int
    static let alpha = Parts(rawValue: 1)
    static let residual = Parts(rawValue: 2)
    static let texture = Parts(rawValue: 4)
    /// The reconstructions; needs the other three.
    static let colour = Parts(rawValue: 15)
  }

  /// The memory of one lane.
  private struct Lane: Sendable {
    let workspace: FieldWorkspace
    let all = ChunkPoints(capacity: PointEvaluator.chunkPoints)
    let seen = ChunkPoints(capacity: PointEvaluator.chunkPoints)
  }

  init(
    model: NVDModel, runner: LaneRunner = LaneRunner(), kernels: Kernels = .active, unseen: Float = Self.unseenOpacity
  ) {
    self.model = model
    self.runner = runner
    self.kernels = kernels
    self.unseen = unseen
    let capacity = ChunkCapacity(colour: Self.chunkPoints, matches: 0, globalRigidity: 0, patches: 0)
    lanes = (0..<runner.lanes).map { _ in Lane(workspace: FieldWorkspace(model, capacity: capacity)) }
  }

  /// Evaluates points in chunks and hands each chunk's values to `body` on its lane: `start` is the chunk's first point.
  ///
  /// - Parameters:
  ///   - layer: evaluate this layer alone; nil for all.
  ///   - point: pixel coordinates and frame of a point by its number.
  func evaluate(
    count: Int, parts: Parts, layer: Int? = nil, point: @Sendable (Int) -> (x: Float, y: Float, frame: Int),
    body: @Sendable (_ lane: Int, _ start: Int, _ count: Int, FieldWorkspace) -> Void
  ) {
    let chunks = (count + Self.chunkPoints - 1) / Self.chunkPoints
    turn.lock()
    defer { turn.unlock() }
    runner.run(chunks: chunks) { number, chunk in
      let start = chunk * Self.chunkPoints
      let points = min(Self.chunkPoints, count - start)
      let lane = lanes[number]
      lane.all.place(count: points, geometry: model.geometry) { point(start + $0) }
      forward(lane, parts: parts, layers: layer.map { $0..<$0 + 1 } ?? model.layers.indices)
      body(number, start, points, lane.workspace)
    }
  }

  private func forward(_ lane: Lane, parts: Parts, layers: Range<Int>) {
    let (workspace, count) = (lane.workspace, lane.all.count)
    if parts.contains(.alpha) {
      model.evaluateAlpha(position: lane.all.position, count: count, workspace: workspace, kernels: kernels)
    }
    for layer in layers {
      var points = lane.all
      if parts.contains(.alpha), unseen >= 0 {
        lane.seen.select(from: lane.all, alpha: workspace.alpha[layer], above: unseen)
        if lane.seen.count < count { points = lane.seen }
      }
      evaluate(layer: layer, at: points, parts: parts, workspace: workspace)
      if points === lane.seen { scatter(points, layer: layer, over: count, parts: parts, workspace: workspace) }
    }
    if parts.contains(.colour) { model.composite(count: count, workspace: workspace) }
  }

  private func evaluate(layer: Int, at points: ChunkPoints, parts: Parts, workspace: FieldWorkspace) {
    let (uv, count) = (workspace.uv[layer], points.count)
    guard count > 0 else { return }
    model.evaluateMapping(
      layer: layer, position: points.position, x: points.x, y: points.y, frame: { Int(points.frame[$0]) },
      count: count, workspace: workspace, uv: uv, kernels: kernels)
    if parts.contains(.texture) {
      model.evaluateTexture(layer: layer, uv: uv, count: count, workspace: workspace, kernels: kernels)
    }
    if parts.contains(.residual) {
      let input = workspace.residualInput[layer]
      for axis in 0..<2 { NVDModel.toUnit(uv[axis], input[axis], count: count) }
      NVDModel.toUnit(points.position[2], input[2], count: count)
      model.evaluateResidual(layer: layer, count: count, workspace: workspace, kernels: kernels)
    }
  }

  private func scatter(
    _ points: ChunkPoints, layer: Int, over count: Int, parts: Parts, workspace: FieldWorkspace
  ) {
    for axis in 0..<2 { points.scatter(workspace.uv[layer][axis], over: count, fill: 0) }
    if parts.contains(.texture) {
      for channel in 0..<3 { points.scatter(workspace.texture[layer][channel], over: count, fill: 0) }
    }
    if parts.contains(.residual) {
      for channel in 0..<model.configuration.residualChannels {
        points.scatter(workspace.residual[layer][channel], over: count, fill: 1)
      }
    }
  }

  /// Colours of a layer's texture at `count` places of its uv space, handed out chunk by chunk.
  func evaluateTexture(
    layer: Int, count: Int, place: @Sendable (Int) -> (u: Float, v: Float),
    body: @Sendable (_ start: Int, _ count: Int, FeatureRows) -> Void
  ) {
    let chunks = (count + Self.chunkPoints - 1) / Self.chunkPoints
    turn.lock()
    defer { turn.unlock() }
    runner.run(chunks: chunks) { lane, chunk in
      let start = chunk * Self.chunkPoints
      let points = min(Self.chunkPoints, count - start)
      let workspace = lanes[lane].workspace
      let uv = workspace.uv[layer]
      for m in 0..<points { (uv[0][m], uv[1][m]) = place(start + m) }
      model.evaluateTexture(layer: layer, uv: uv, count: points, workspace: workspace, kernels: kernels)
      body(start, points, workspace.texture[layer])
    }
  }
}

import NeuralField

/// How well the mappings follow the optical flow: for every layer the mean over consistent forward matches of
/// || M_i(p) - M_i(p') ||, in pixels of the video, weighted with alpha_i(p).
///
/// M_i(p) is taken from the rendered frame; only M_i(p') is evaluated, where alpha_i(p) is above `unseen`.
final class FlowConsistencyMetric: @unchecked Sendable {
  private let model: NVDModel
  private let kernels: Kernels
  private let clip: TrainingClip
  private let workspace: FieldWorkspace
  private let points = ChunkPoints(capacity: PointEvaluator.chunkPoints)
  private let targets: FeatureRows
  /// For every layer.
  private var distance: [Double]
  private var weight: [Double]

  /// Every how many pixels in x and y a match is looked at.
  private static let step = 3

  init(model: NVDModel, kernels: Kernels, clip: TrainingClip) {
    self.model = model
    self.kernels = kernels
    self.clip = clip
    let chunk = PointEvaluator.chunkPoints
    let capacity = ChunkCapacity(colour: chunk, matches: 0, globalRigidity: 0, patches: 0)
    workspace = FieldWorkspace(model, capacity: capacity)
    targets = FeatureRows(features: 2, capacity: chunk)
    distance = [Double](repeating: 0, count: model.layerCount)
    weight = distance
  }

  /// The mean distance of every layer over the frames that were added; 0 where it was never seen.
  var distances: [Double] { zip(distance, weight).map { $1 > 0 ? $0 / $1 : 0 } }

  /// Adds the matches from a frame to the next one. Frames come one after the other.
  func add(_ frame: RenderedFrame) {
    guard frame.index + 1 < clip.geometry.frameCount else { return }
    let (size, valid) = (frame.size, clip.flow[frame.index].forwardValid)
    for layer in model.layers.indices {
      let alpha = frame.layers[layer].alpha[0]
      var pixels: [Int] = []
      for y in stride(from: 0, to: size.height, by: Self.step) {
        for x in stride(from: 0, to: size.width, by: Self.step) {
          let pixel = y * size.width + x
          if valid[pixel] != 0, alpha[pixel] > PointEvaluator.unseenOpacity { pixels.append(pixel) }
          if pixels.count == PointEvaluator.chunkPoints {
            add(pixels, of: frame, layer: layer)
            pixels.removeAll(keepingCapacity: true)
          }
        }
      }
      if !pixels.isEmpty { add(pixels, of: frame, layer: layer) }
    }
  }

  private func add(_ pixels: [Int], of frame: RenderedFrame, layer: Int) {
    let (width, vectors) = (frame.size.width, clip.flow[frame.index].forward.vectors)
    points.place(count: pixels.count, geometry: model.geometry) { number in
      let pixel = pixels[number]
      return (
        Float(pixel % width) + vectors[2 * pixel], Float(pixel / width) + vectors[2 * pixel + 1], frame.index + 1
      )
    }
    model.evaluateMapping(
      layer: layer, position: points.position, x: points.x, y: points.y, frame: { [points] in Int(points.frame[$0]) },
      count: pixels.count, workspace: workspace, uv: targets, kernels: kernels)
    let rendered = frame.layers[layer]
    for (m, pixel) in pixels.enumerated() {
      let (x, y) = (targets[0][m] - rendered.uv[0][pixel], targets[1][m] - rendered.uv[1][pixel])
      let alpha = rendered.alpha[0][pixel]
      distance[layer] += Double(alpha * (x * x + y * y).squareRoot() * model.layers[layer].pixelsPerUV)
      weight[layer] += Double(alpha)
    }
  }
}

/// Sums that every lane keeps for itself, added up in the order of the lanes.
final class LaneTally: @unchecked Sendable {
  private let values: Int
  private let lanes: Int
  private let storage: UnsafeMutablePointer<Double>

  init(lanes: Int, values: Int) {
    self.values = values
    self.lanes = lanes
    storage = .allocate(capacity: lanes * values)
    storage.initialize(repeating: 0, count: lanes * values)
  }

  deinit { storage.deallocate() }

  func add(_ value: Double, at index: Int, lane: Int) { storage[lane * values + index] += value }

  var sums: [Double] {
    (0..<values).map { index in (0..<lanes).reduce(0) { $0 + storage[$1 * values + index] } }
  }
}

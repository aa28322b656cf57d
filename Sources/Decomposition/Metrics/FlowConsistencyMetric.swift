import Foundation
import NeuralField

/// How well the mappings follow the optical flow: for every layer the mean over consistent forward matches of
/// || M_i(p) - M_i(p') ||, in pixels of the video, weighted with alpha_i(p).
struct FlowConsistencyMetric {
  let evaluator: PointEvaluator
  let clip: TrainingClip

  /// Every how many pixels in x and y a match is looked at.
  private static let step = 3

  func measure() -> [Double] {
    let layers = evaluator.model.layerCount
    let tally = LaneTally(lanes: evaluator.runner.lanes, values: 2 * layers)
    for frame in 0..<clip.geometry.frameCount - 1 { measure(frame: frame, into: tally) }
    let sums = tally.sums
    return (0..<layers).map { sums[2 * $0 + 1] > 0 ? sums[2 * $0] / sums[2 * $0 + 1] : 0 }
  }

  private func measure(frame: Int, into tally: LaneTally) {
    let size = clip.geometry.size
    let flow = clip.flow[frame]
    var pixels: [Int] = []
    for y in stride(from: 0, to: size.height, by: Self.step) {
      for x in stride(from: 0, to: size.width, by: Self.step) where flow.forwardValid[y * size.width + x] != 0 {
        pixels.append(y * size.width + x)
      }
    }
    let model = evaluator.model
    // Points come in pairs: a pixel and its match.
    evaluator.evaluate(
      count: 2 * pixels.count, parts: [.alpha],
      point: { [pixels] number in
        let pixel = pixels[number / 2]
        let (x, y) = (Float(pixel % size.width), Float(pixel / size.width))
        guard number % 2 == 1 else { return (x, y, frame) }
        return (x + flow.forward.vectors[2 * pixel], y + flow.forward.vectors[2 * pixel + 1], frame + 1)
      },
      body: { lane, _, count, workspace in
        for (index, layer) in model.layers.enumerated() {
          let (u, v, alpha) = (workspace.uv[index][0], workspace.uv[index][1], workspace.alpha[index])
          var (distance, weight) = (0.0, 0.0)
          for m in stride(from: 0, to: count, by: 2) {
            let (x, y) = (u[m + 1] - u[m], v[m + 1] - v[m])
            distance += Double(alpha[m] * (x * x + y * y).squareRoot() * layer.pixelsPerUV)
            weight += Double(alpha[m])
          }
          tally.add(distance, at: 2 * index, lane: lane)
          tally.add(weight, at: 2 * index + 1, lane: lane)
        }
      })
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

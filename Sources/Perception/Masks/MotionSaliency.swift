import Media

/// How much of each pixel's motion the camera does not explain.
enum MotionSaliency {
  /// For each frame the length of flow minus camera motion, mean over the flow to the next and from the previous frame,
  /// as r / (r + scale): 0 where a pixel moves with the camera, 0.5 where it is off by `scale`.
  ///
  /// The scale is the larger of half a pixel and three times the median residual of the clip, so that parallax and
  /// noise of the flow do not count as objects.
  static func maps(flow: [FlowPair], camera: LayerMotion) throws -> [SoftMap] {
    guard let size = flow.first?.forward.size else { return [] }
    let residuals = try parallelMap(count: flow.count + 1) { frame in
      let to = frame < flow.count ? residual(flow[frame].forward, camera.step(from: frame, to: frame + 1)) : nil
      let from = frame > 0 ? residual(flow[frame - 1].backward, camera.step(from: frame, to: frame - 1)) : nil
      guard let to, let from else { return to ?? from ?? [] }
      return zip(to, from).map { ($0 + $1) / 2 }
    }
    let medians = residuals.map { $0.sorted()[$0.count / 2] }.sorted()
    let scale = max(0.5, 3 * medians[medians.count / 2])
    return residuals.map { SoftMap(size: size, values: $0.map { $0 / ($0 + scale) }) }
  }

  private static func residual(_ flow: FlowField, _ step: Homography) -> [Float] {
    var lengths = [Float](repeating: 0, count: flow.size.pixelCount)
    for y in 0..<flow.size.height {
      for x in 0..<flow.size.width {
        let index = y * flow.size.width + x
        let there = step.apply(Double(x), Double(y))
        let dx = Float(x) + flow.vectors[2 * index] - Float(there.x)
        let dy = Float(y) + flow.vectors[2 * index + 1] - Float(there.y)
        let length = (dx * dx + dy * dy).squareRoot()
        lengths[index] = length.isFinite ? length : 0
      }
    }
    return lengths
  }
}

extension LayerMotion {
  /// The map from pixels of one frame to pixels of another.
  func step(from source: Int, to target: Int) -> Homography {
    ((toReference[target].inverse ?? .identity) * toReference[source]).normalized
  }
}

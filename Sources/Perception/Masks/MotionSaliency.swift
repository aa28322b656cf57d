import Media

/// How much of each pixel's motion the camera does not explain.
struct MotionSaliency: Sendable {
  /// For each frame r / (r + scale), where r is the length of flow minus camera motion (mean over the flow to the next
  /// and from the previous frame): 0 where a pixel moves with the camera, 0.5 where it is off by `scale`.
  var maps: [SoftMap]
  /// In pixels: the larger of `finestScale` and three times the clip's median residual, so that parallax, water and
  /// noise of the flow do not count as objects.
  let scale: Float

  /// Below half a pixel flow is mostly noise.
  static let finestScale: Float = 0.5

  /// How far motion can be trusted in this clip: 1 where the background follows the camera model, towards 0 where not.
  var reliability: Float { Self.finestScale / scale }

  init(flow: [FlowPair], camera: LayerMotion, size: PixelSize) throws {
    let residuals = try parallelMap(count: flow.count + 1) { frame in
      let next = frame < flow.count ? residual(flow[frame].forward, camera.step(from: frame, to: frame + 1)) : nil
      let previous = frame > 0 ? residual(flow[frame - 1].backward, camera.step(from: frame, to: frame - 1)) : nil
      guard let next, let previous else { return next ?? previous ?? [] }
      return zip(next, previous).map { ($0 + $1) / 2 }
    }
    let medians = residuals.map { $0.sorted()[$0.count / 2] }.sorted()
    let scale = max(Self.finestScale, 3 * medians[medians.count / 2])
    self.scale = scale
    maps = residuals.map { SoftMap(size: size, values: $0.map { $0 / ($0 + scale) }) }
  }
}

/// The distance in pixels between where the flow and where the camera's step takes each pixel; 0 where not finite.
private func residual(_ flow: FlowField, _ step: Homography) -> [Float] {
  var lengths = [Float](repeating: 0, count: flow.size.pixelCount)
  let m = step.matrix.map { Float($0) }
  m.withUnsafeBufferPointer { m in
    flow.vectors.withUnsafeBufferPointer { vectors in
      for index in lengths.indices {
        let x = Float(index % flow.size.width)
        let y = Float(index / flow.size.width)
        let w = m[6] * x + m[7] * y + m[8]
        let dx = x + vectors[2 * index] - (m[0] * x + m[1] * y + m[2]) / w
        let dy = y + vectors[2 * index + 1] - (m[3] * x + m[4] * y + m[5]) / w
        let length = (dx * dx + dy * dy).squareRoot()
        lengths[index] = length.isFinite ? length : 0
      }
    }
  }
  return lengths
}

extension LayerMotion {
  /// The map from pixels of one frame to pixels of another.
  fileprivate func step(from source: Int, to target: Int) -> Homography {
    ((toReference[target].inverse ?? .identity) * toReference[source]).normalized
  }
}

import Media

/// How far masks agree with true ones: region similarity J of DAVIS (Perazzi et al., CVPR 2016), the intersection over
/// union of a frame, and its mean over the frames.
public struct MaskAgreement: Codable, Equatable, Sendable {
  /// The intersection over union in each frame, in [0, 1]; 1 where both masks are empty.
  public var frames: [Double]
  /// The mean over the frames.
  public var mean: Double

  /// - Throws: `PerceptionError` where counts or sizes differ, or there is no frame.
  public init(of masks: [Mask], against truth: [Mask]) throws(PerceptionError) {
    guard masks.count == truth.count, !masks.isEmpty else {
      throw .maskCountDiffers(masks: truth.count, frames: masks.count)
    }
    frames = []
    for (frame, (mask, truth)) in zip(masks, truth).enumerated() {
      guard mask.size == truth.size else {
        throw .sizeDiffers(what: "true mask \(frame)", size: truth.size, expected: mask.size)
      }
      frames.append(mask.overlap(truth))
    }
    mean = frames.reduce(0, +) / Double(frames.count)
  }
}

extension Mask {
  /// Intersection over union with a mask of the same size; 1 where both are empty.
  func overlap(_ other: Mask) -> Double {
    var (both, either) = (0, 0)
    for (a, b) in zip(values, other.values) {
      let (inside, expected) = (a > Mask.threshold, b > Mask.threshold)
      if inside && expected { both += 1 }
      if inside || expected { either += 1 }
    }
    return either == 0 ? 1 : Double(both) / Double(either)
  }
}

import COpenCV
import Media

/// Estimates how the camera and the objects move over a clip, from its flow.
///
/// For each two neighbouring frames a plane motion is fitted (RANSAC) to at most 8,000 flow matches that pass the
/// forward-backward check; the steps are chained to the middle frame. The result is the same in every run.
public enum MotionEstimator {
  private static let matchesPerStep = 8000
  /// How far around the objects pixels do not speak for the camera: edges of masks are not exact, and flow is smooth.
  private static let objectMargin = 4

  /// The camera's motion: a homography a step, fitted outside the objects.
  /// - Parameters:
  ///   - flow: one pair for each two neighbouring frames.
  ///   - objects: for each object its mask in every frame; may be empty.
  /// - Throws: `PerceptionError` where counts or sizes do not fit.
  public static func camera(flow: [FlowPair], excluding objects: [[Mask]]) throws -> LayerMotion {
    for masks in objects { try check(masks, against: flow) }
    let steps = try parallelMap(count: flow.count) { step in
      let field = flow[step].forward
      let excluded = try union(of: objects.map { $0[step] }, size: field.size, grownBy: objectMargin)
      let matches = PointMatches(
        flow: field, valid: flow[step].forwardValid, limit: matchesPerStep, seed: UInt64(step)
      ) { excluded[$0] == 0 }
      return try MotionStep.camera(matches, size: field.size)
    }
    return LayerMotion(chaining: steps)
  }

  /// An object's motion: the richest of affine map, similarity and translation that its pixels support, a step.
  /// - Parameters:
  ///   - flow: one pair for each two neighbouring frames.
  ///   - masks: the object's mask in every frame.
  /// - Throws: `PerceptionError` where counts or sizes do not fit.
  public static func object(flow: [FlowPair], masks: [Mask]) throws -> LayerMotion {
    try check(masks, against: flow)
    let steps = try parallelMap(count: flow.count) { step in
      let mask = masks[step].values
      let matches = PointMatches(
        flow: flow[step].forward, valid: flow[step].forwardValid, limit: matchesPerStep, seed: UInt64(step)
      ) { mask[$0] > Mask.threshold }
      return try MotionStep.object(matches)
    }
    return LayerMotion(chaining: steps)
  }

  private static func check(_ masks: [Mask], against flow: [FlowPair]) throws(PerceptionError) {
    guard masks.count == flow.count + 1 else {
      throw .maskCountDiffers(masks: masks.count, frames: flow.count + 1)
    }
    guard let size = flow.first?.forward.size else { return }
    for (index, mask) in masks.enumerated() where mask.size != size {
      throw .sizeDiffers(what: "mask \(index)", size: mask.size, expected: size)
    }
  }

  /// 1 inside any of the masks or within `margin` pixels of one, else 0.
  private static func union(
    of masks: [Mask], size: PixelSize, grownBy margin: Int
  ) throws(PerceptionError) -> [UInt8] {
    var union = [UInt8](repeating: 0, count: size.pixelCount)
    for mask in masks {
      for index in union.indices where mask.values[index] > Mask.threshold { union[index] = 1 }
    }
    try openCV("grow a mask of \(size)") {
      copencv_grow(&union, Int32(size.width), Int32(size.height), Int32(margin), $0, $1)
    }
    return union
  }
}

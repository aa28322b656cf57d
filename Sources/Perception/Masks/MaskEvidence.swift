import COpenCV
import Foundation
import Media

/// Decides which pixels are the object from what stands out and what moves by itself.
///
/// The constants were tuned on eight DAVIS clips (blackswan, bear, hike, flamingo, boat, libby, goat, lucia).
enum MaskEvidence {
  /// Frames before and after that vote on a frame.
  static let consensusRadius = 4
  /// What moves less than this share of the object's motion is not the object, however much it stands out.
  private static let leastMotion: Float = 0.65
  /// How softly that is decided, in units of motion saliency.
  private static let softness: Float = 0.08
  /// How much full motion adds to the logit of saliency where motion is reliable: it fills in limbs and other parts
  /// that stand out little.
  private static let motionWeight: Float = 1
  /// Saliency is taken as between this and one minus this: motion alone does not make background the object.
  private static let doubt: Float = 0.02
  /// Where what stands out moves less than this (motion saliency), motion says nothing about the object.
  private static let weakestMotion: Float = 0.25

  /// With motion alone: the share of the clip's fullest motion (0.99 quantile) above which a pixel may be the object.
  private static let loneMotion: Float = 0.8

  /// With motion alone: what moves by itself.
  private static let leastMovement: Float = 0.6

  /// Masks of what moves most against the camera: in each frame the connected part with the most motion.
  static func masks(from motion: MotionSaliency) throws -> [Mask] {
    guard let size = motion.maps.first?.size else { return [] }
    let sigma = 0.004 * Double(size.longSide)
    let maps = try parallelMap(count: motion.maps.count) { try motion.maps[$0].blurred(sigma) }
    let sample = maps.flatMap { map in stride(from: 0, to: map.values.count, by: 7).map { map.values[$0] } }.sorted()
    let fullMotion = sample[Int(0.99 * Double(sample.count - 1))]
    guard fullMotion > weakestMotion else { return maps.map { $0.mask(above: 1) } }
    return try parallelMap(count: maps.count) { frame in
      var mask = maps[frame].mask(above: loneMotion * fullMotion)
      try openCV("find the parts of a mask of \(size)") {
        copencv_keep_heaviest_part(
          &mask.values, maps[frame].values, Int32(size.width), Int32(size.height), $0, $1)
      }
      return mask
    }
  }

  /// Everything that moves against the camera, one map a frame: `sigmoid((m - 0.6) / 0.08)`, m the motion saliency; 0.6 is
  /// one and a half times the residual that parallax and noise of the flow explain.
  static func moving(_ motion: MotionSaliency) throws -> [SoftMap] {
    try parallelMap(count: motion.maps.count) { frame in
      var map = try motion.maps[frame].blurred(0.004 * Double(motion.maps[frame].size.longSide))
      for index in map.values.indices {
        map.values[index] = Logit.sigmoid((map.values[index] - leastMovement) / softness)
      }
      return map
    }
  }

  /// Saliency corrected by motion, one map a frame, the object where it is above 0.5.
  ///
  /// With s the saliency, m the motion saliency, n its mean around a pixel weighted by s, and r the 0.9 quantile of n
  /// where s > 0.5: `sigmoid((n - 0.65 r) / 0.08) * sigmoid(logit(s) + reliability * clamp((m - 0.65 r) / 0.35 r))`.
  static func combine(saliency: [SoftMap], motion: MotionSaliency) throws -> [SoftMap] {
    guard let size = saliency.first?.size else { return [] }
    let reach = 0.01 * Double(size.longSide)
    let around = try parallelMap(count: saliency.count) {
      try mean(of: motion.maps[$0], over: saliency[$0], sigma: reach)
    }
    guard let fullMotion = quantile(0.9, of: around, where: saliency), fullMotion > weakestMotion else {
      return saliency
    }
    let least = leastMotion * fullMotion
    let weight = motionWeight * motion.reliability
    return try parallelMap(count: saliency.count) { frame in
      let near = try motion.maps[frame].blurred(reach / 2).values
      var map = saliency[frame]
      for index in map.values.indices {
        let moves = Logit.sigmoid((around[frame].values[index] - least) / softness)
        let boost = min(1, max(0, (near[index] - least) / (fullMotion - least)))
        map.values[index] = moves * Logit.sigmoid(Logit.of(map.values[index], doubt: doubt) + weight * boost)
      }
      return map
    }
  }

  /// The mean of `map` around each pixel, weighted by `weights` and a Gaussian.
  private static func mean(of map: SoftMap, over weights: SoftMap, sigma: Double) throws -> SoftMap {
    let weighted = SoftMap(size: map.size, values: zip(map.values, weights.values).map { $0 * $1 })
    let sum = try weighted.blurred(sigma)
    let total = try weights.blurred(sigma)
    return SoftMap(size: map.size, values: zip(sum.values, total.values).map { $0 / ($1 + 1e-3) })
  }

  /// The given quantile of the maps' values over all pixels where the saliency is above one half; nil without any.
  private static func quantile(_ share: Double, of maps: [SoftMap], where saliency: [SoftMap]) -> Float? {
    let values = zip(maps, saliency).flatMap { map, salient in
      zip(map.values, salient.values).lazy.filter { $1 > 0.5 }.map { value, _ in value }
    }.sorted()
    return values.isEmpty ? nil : values[Int(share * Double(values.count - 1))]
  }
}

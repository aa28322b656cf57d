import Foundation
import Media

/// Follows one object from the frames where it is known to all others, both ways.
///
/// Going away from an anchor a, with C the carrying of a map to another frame (`MaskScene.carry`), E the evidence of
/// saliency and motion and e how far that agrees with the anchors:
/// `P_t = sharpened((0.1 + c1) C(P_(t-1)) + c0 C(P_a) + 0.4 e E_t)`, divided by the sum of the weights. c1 and c0 are the
/// trust of the carrying in each pixel, less where the flow fails; c1 also passes on the trust that the map before had there,
/// so that what was once a guess (a wall of the object's colour that it uncovers) stays one. The second term looks at the
/// anchor itself along the chained flow, so mistakes do not add up; a place that nothing of the object's frames reaches (it
/// was covered, or comes into the picture) is left to the evidence. Between two anchors both are mixed by trust over
/// distance.
struct MaskPropagation {
  /// How much the evidence counts where it agrees with the anchors in full.
  private static let evidenceWeight: Float = 0.4
  /// What a carried map counts where nothing can be trusted.
  private static let blindWeight: Float = 0.1
  /// The share of its trust that a map keeps where the flow fails the forward-backward check.
  private static let invalidTrust: Float = 0.3
  /// What logits are multiplied with after each frame, against the blur of averaging.
  private static let sharpening: Float = 1.3

  let scene: MaskScene
  /// How much each pixel of each frame may be an object.
  let evidence: [SoftMap]
  /// The object in the frames where it is known.
  let anchors: [Int: SoftMap]
  private let evidenceShare: Float

  init(scene: MaskScene, evidence: [SoftMap], anchors: [Int: SoftMap]) {
    (self.scene, self.evidence, self.anchors) = (scene, evidence, anchors)
    let agreement = anchors.map { frame, map in evidence[frame].mask(above: 0.5).overlap(map.mask(above: 0.5)) }
    let mean = agreement.reduce(0, +) / Double(max(1, agreement.count))
    evidenceShare = Self.evidenceWeight * Float(max(0, (mean - 0.4) / 0.6))
  }

  /// A frame's map with the trust in each pixel of it.
  private struct Estimate: Sendable {
    var map: SoftMap
    var trust: [Float]

    /// Trusted less where the flow that brought it here fails.
    func weakened(unless valid: [UInt8]) -> Estimate {
      Estimate(map: map, trust: zip(trust, valid).map { $1 != 0 ? $0 : invalidTrust * $0 })
    }
  }

  /// - Returns: the object in every frame, and for each frame how far it can be trusted, in [0, 1]: the mean over the
  ///   object's pixels of trust times decidedness, 1 at the anchors, 0 where the object is not seen.
  func run() throws -> (maps: [SoftMap], confidence: [Double]) {
    let frames = Array(0..<scene.frames)
    let sweeps = try parallelMap(count: 2) { sweep(direction: $0 == 0 ? frames : frames.reversed()) }
    let merged = try parallelMap(count: frames.count) { merge(sweeps[0][$0], sweeps[1][$0], frame: $0) }
    return (merged.map(\.map), merged.indices.map { anchors[$0] == nil ? confidence(merged[$0]) : 1 })
  }

  /// Estimates from the anchor behind each frame, in the order of `direction`; nil before the first anchor.
  private func sweep(direction: [Int]) -> [Estimate?] {
    var result = [Estimate?](repeating: nil, count: direction.count)
    var anchor: (frame: Int, map: SoftMap, way: FlowField?, valid: [UInt8])?
    var previous: (frame: Int, estimate: Estimate)?
    for frame in direction {
      if let map = anchors[frame] {
        anchor = (frame, map, nil, [UInt8](repeating: 1, count: map.values.count))
        let known = Estimate(map: map, trust: [Float](repeating: 1, count: map.values.count))
        previous = (frame, known)
        result[frame] = known
      } else if let from = anchor, let last = previous {
        let step = scene.step(from: frame, to: last.frame)
        let way = from.way.map { step.flow.followed(by: $0) } ?? step.flow
        let valid = step.flow.leads(to: from.valid, where: step.valid)
        let near = carried(last.estimate, from: last.frame, to: frame, along: step.flow)
        let far = carried(from.map, from: from.frame, to: frame, along: way)
        let estimate = combine(near.weakened(unless: step.valid), far.weakened(unless: valid), evidence[frame])
        result[frame] = estimate
        anchor?.way = way
        anchor?.valid = valid
        previous = (frame, estimate)
      }
    }
    return result
  }

  /// An estimate as another frame sees it: its trust, too, is carried.
  private func carried(_ estimate: Estimate, from source: Int, to frame: Int, along way: FlowField) -> Estimate {
    var result = carried(estimate.map, from: source, to: frame, along: way)
    let before = SoftMap(size: scene.size, values: estimate.trust)
    let trust = carried(before, from: source, to: frame, along: way).map.values
    for pixel in trust.indices { result.trust[pixel] *= trust[pixel] }
    return result
  }

  private func carried(_ map: SoftMap, from source: Int, to frame: Int, along way: FlowField) -> Estimate {
    let (map, trust) = scene.carry(map, from: source, to: frame, along: way)
    return Estimate(map: map, trust: trust)
  }

  private func combine(_ near: Estimate, _ far: Estimate, _ evidence: SoftMap) -> Estimate {
    var estimate = near
    for pixel in estimate.trust.indices {
      let (c1, c0) = (near.trust[pixel], far.trust[pixel])
      let nearWeight = Self.blindWeight + c1
      let sum =
        nearWeight * near.map.values[pixel] + c0 * far.map.values[pixel] + evidenceShare * evidence.values[pixel]
      let mean = sum / (nearWeight + c0 + evidenceShare)
      estimate.map.values[pixel] = Logit.sigmoid(Self.sharpening * Logit.of(mean, doubt: 0.001))
      estimate.trust[pixel] = max(c1, c0)
    }
    return estimate
  }

  private func merge(_ before: Estimate?, _ after: Estimate?, frame: Int) -> Estimate {
    guard var result = before, let after else {
      return before ?? after ?? Estimate(map: evidence[frame], trust: evidence[frame].values.map { _ in 0 })
    }
    guard anchors[frame] == nil else { return result }
    let known = anchors.keys
    let back = Float(frame - (known.filter { $0 < frame }.max() ?? 0))
    let ahead = Float((known.filter { $0 > frame }.min() ?? 0) - frame)
    for pixel in result.trust.indices {
      let (w0, w1) = ((0.05 + result.trust[pixel]) / back, (0.05 + after.trust[pixel]) / ahead)
      let share = w1 / (w0 + w1)
      result.map.values[pixel] += share * (after.map.values[pixel] - result.map.values[pixel])
      result.trust[pixel] = max(result.trust[pixel], after.trust[pixel])
    }
    return result
  }

  private func confidence(_ estimate: Estimate) -> Double {
    var (sum, count) = (0.0, 0)
    for (value, trust) in zip(estimate.map.values, estimate.trust) where value > 0.5 {
      sum += Double((2 * value - 1) * trust)
      count += 1
    }
    return count == 0 ? 0 : sum / Double(count)
  }
}

extension FlowField {
  /// 1 for each pixel from which a valid step leads to a valid pixel, else 0.
  fileprivate func leads(to target: [UInt8], where valid: [UInt8]) -> [UInt8] {
    valid.indices.map { pixel in
      guard valid[pixel] != 0 else { return 0 }
      let x = (Float(pixel % size.width) + vectors[2 * pixel]).rounded()
      let y = (Float(pixel / size.width) + vectors[2 * pixel + 1]).rounded()
      guard x >= 0, y >= 0, x < Float(size.width), y < Float(size.height) else { return 0 }
      return target[Int(y) * size.width + Int(x)]
    }
  }
}

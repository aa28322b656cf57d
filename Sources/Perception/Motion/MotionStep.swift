import COpenCV
import Foundation
import Media

/// Points of a frame and where the flow says they are in the next one: interleaved x, y.
struct PointMatches: Sendable {
  var from: [Float] = []
  var to: [Float] = []
  var count: Int { from.count / 2 }

  /// At most `limit` matches, spread evenly over the pixels where the flow is valid and `isWanted` holds.
  ///
  /// One pixel is drawn from each of `limit` equal runs of candidates; the same seed draws the same pixels.
  init(flow: FlowField, valid: [UInt8], limit: Int, seed: UInt64, where isWanted: (Int) -> Bool) {
    let candidates = valid.indices.filter { valid[$0] != 0 && isWanted($0) }
    let count = min(limit, candidates.count)
    var random = SplitMix64(state: seed)
    from.reserveCapacity(2 * count)
    to.reserveCapacity(2 * count)
    for draw in 0..<count {
      let run = draw * candidates.count / count..<(draw + 1) * candidates.count / count
      let index = candidates[Int.random(in: run, using: &random)]
      let x = Float(index % flow.size.width)
      let y = Float(index / flow.size.width)
      from += [x, y]
      to += [x + flow.vectors[2 * index], y + flow.vectors[2 * index + 1]]
    }
  }
}

/// The motion of one layer from a frame to the next, fitted to matches.
enum MotionStep {
  /// With fewer matches than this there is no saying how something moves.
  static let fewestMatches = 50

  /// The homography that most matches agree on within a pixel; the identity where there is no sensible one.
  static func camera(_ matches: PointMatches, size: PixelSize) throws(PerceptionError) -> Homography {
    guard matches.count >= fewestMatches else { return .identity }
    let fit = try fit(COPENCV_MOTION_HOMOGRAPHY, to: matches, threshold: 1)
    let area = (x: 0.0...Double(size.width - 1), y: 0.0...Double(size.height - 1))
    return fit.agreeing > 0 && fit.motion.isPlausibleStep(over: area) ? fit.motion : .identity
  }

  /// The richest motion that the matches support: an affine map where at least 3 of 5 agree on it within 1.5 px, else a
  /// similarity that 2 of 5 agree on, else the median displacement; the identity for fewer than 50 matches.
  static func object(_ matches: PointMatches) throws(PerceptionError) -> Homography {
    guard matches.count >= fewestMatches else { return .identity }
    let area = matches.sourceArea
    for (model, share) in [(COPENCV_MOTION_AFFINE, 0.6), (COPENCV_MOTION_SIMILARITY, 0.4)] {
      let fit = try fit(model, to: matches, threshold: 1.5)
      if Double(fit.agreeing) >= share * Double(matches.count), fit.motion.isPlausibleStep(over: area) {
        return fit.motion
      }
    }
    return matches.medianTranslation
  }

  private static func fit(
    _ model: copencv_motion, to matches: PointMatches, threshold: Double
  ) throws(PerceptionError) -> (motion: Homography, agreeing: Int) {
    var matrix = [Double](repeating: 0, count: 9)
    var agreeing: Int32 = 0
    try openCV("fit a motion to \(matches.count) matches") {
      copencv_fit_motion(model, matches.from, matches.to, Int32(matches.count), threshold, &matrix, &agreeing, $0, $1)
    }
    return (Homography(matrix).normalized, Int(agreeing))
  }
}

extension PointMatches {
  /// The smallest upright rectangle around the points in the first frame.
  fileprivate var sourceArea: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
    func range(_ offset: Int) -> ClosedRange<Double> {
      let values = stride(from: offset, to: from.count, by: 2).map { Double(from[$0]) }
      return (values.min() ?? 0)...(values.max() ?? 0)
    }
    return (range(0), range(1))
  }

  fileprivate var medianTranslation: Homography {
    func median(_ offset: Int) -> Double {
      let values = stride(from: offset, to: from.count, by: 2).map { Double(to[$0] - from[$0]) }.sorted()
      return values[values.count / 2]
    }
    return Homography([1, 0, median(0), 0, 1, median(1), 0, 0, 1])
  }
}

extension Homography {
  /// Whether this can be the motion between two neighbouring frames: finite, with an inverse, and nowhere in the area
  /// (tested at its corners and centre) does it stretch or shrink any direction by more than a factor of 2.
  func isPlausibleStep(over area: (x: ClosedRange<Double>, y: ClosedRange<Double>)) -> Bool {
    guard matrix.allSatisfy(\.isFinite), inverse != nil else { return false }
    let centre = ((area.x.lowerBound + area.x.upperBound) / 2, (area.y.lowerBound + area.y.upperBound) / 2)
    let corners = [area.x.lowerBound, area.x.upperBound].flatMap { x in
      [area.y.lowerBound, area.y.upperBound].map { y in (x, y) }
    }
    return (corners + [centre]).allSatisfy { point in
      guard let (least, most) = stretch(point.0, point.1) else { return false }
      return least >= 0.5 && most <= 2
    }
  }

  /// The singular values of the map's Jacobian at (x, y), smaller first; nil where the map folds or is not defined.
  private func stretch(_ x: Double, _ y: Double) -> (least: Double, most: Double)? {
    let m = matrix
    let w = m[6] * x + m[7] * y + m[8]
    guard w > 1e-9 else { return nil }
    let image = apply(x, y)
    let a = (m[0] - m[6] * image.x) / w
    let b = (m[1] - m[7] * image.x) / w
    let c = (m[3] - m[6] * image.y) / w
    let d = (m[4] - m[7] * image.y) / w
    guard a * d - b * c > 0 else { return nil }
    let sum = hypot(a + d, c - b) / 2
    let difference = hypot(a - d, c + b) / 2
    return (abs(sum - difference), sum + difference)
  }
}

import Media

/// How one layer moves: a plane map from every frame into one of them.
public struct LayerMotion: Codable, Equatable, Sendable {
  /// The index of the frame that the others are mapped into: the middle one.
  public var referenceFrame: Int
  /// `toReference[t]` maps pixels of frame t to pixels of the reference frame; the identity at `referenceFrame`.
  public var toReference: [Homography]

  public init(referenceFrame: Int, toReference: [Homography]) {
    self.referenceFrame = referenceFrame
    self.toReference = toReference
  }

  /// No motion at all.
  public static func still(frames: Int) -> LayerMotion {
    LayerMotion(referenceFrame: frames / 2, toReference: Array(repeating: .identity, count: frames))
  }

  /// The motion whose steps are known: `steps[t]` maps pixels of frame t to frame t + 1 and has an inverse.
  init(chaining steps: [Homography]) {
    self = .still(frames: steps.count + 1)
    for frame in stride(from: referenceFrame - 1, through: 0, by: -1) {
      toReference[frame] = (toReference[frame + 1] * steps[frame]).normalized
    }
    for frame in referenceFrame + 1..<max(referenceFrame + 1, toReference.count) {
      toReference[frame] = (toReference[frame - 1] * (steps[frame - 1].inverse ?? .identity)).normalized
    }
  }
}

extension Homography {
  /// The same map with a last value of 1 (unchanged where that value is 0).
  var normalized: Homography {
    matrix[8] == 0 ? self : Homography(matrix.map { $0 / matrix[8] })
  }
}

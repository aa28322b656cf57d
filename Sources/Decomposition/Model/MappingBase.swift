import Foundation
import Media

/// The part of a layer's mapping that is not trained: `atanh(clamp(s * B_t(x, y), -limit, limit))`, with B_t the layer's
/// estimated motion to its reference frame in normalised coordinates.
struct MappingBase: Sendable {
  /// Beyond this the tanh is too flat to learn; estimated motion extrapolates badly outside its object anyway.
  static let limit: Float = 0.985

  /// Row-major homographies, one a frame, from pixels to normalised reference coordinates times s.
  private let matrices: [[Float]]

  /// - Parameters:
  ///   - motion: pixel homographies to the reference frame, one a frame.
  ///   - scale: s, the place of the reference frame's longer side in the texture.
  init(motion: [Homography], scale: Float, geometry: VideoGeometry) {
    let factor = Double(scale)
    let half = Double(geometry.halfSide)
    let normalise = Homography([factor / half, 0, -factor, 0, factor / half, -factor, 0, 0, 1])
    matrices = motion.map { homography in (normalise * homography).matrix.map { Float($0) } }
  }

  /// s * B_t(x, y), clamped; x and y in pixels, `frame` a whole number.
  @inline(__always)
  func place(x: Float, y: Float, frame: Int) -> (u: Float, v: Float) {
    matrices[frame].withUnsafeBufferPointer { m in
      let w = 1 / (m[6] * x + m[7] * y + m[8])
      let u = (m[0] * x + m[1] * y + m[2]) * w
      let v = (m[3] * x + m[4] * y + m[5]) * w
      return (Self.clamp(u), Self.clamp(v))
    }
  }

  /// The largest s for which every pixel of every frame finds its place in the texture. A camera that pans far sees more
  /// than fits at the usual scale; the surplus would smear along the texture's border.
  static func largestScale(motion: [Homography], geometry: VideoGeometry) -> Float {
    let (width, height) = (Double(geometry.size.width - 1), Double(geometry.size.height - 1))
    let half = Double(geometry.halfSide)
    var extent = 1.0
    for homography in motion {
      for (x, y) in [(0, 0), (width, 0), (0, height), (width, height)] {
        let place = homography.apply(x, y)
        for value in [place.x / half - 1, place.y / half - 1] where value.isFinite {
          // Beyond four frames' widths the estimate is not believable; such places are clamped.
          extent = max(extent, min(abs(value), 4))
        }
      }
    }
    return Float(0.96 / extent)
  }

  @inline(__always)
  static func clamp(_ value: Float) -> Float {
    // NaN (a point on the homography's horizon) goes to the middle.
    value.isNaN ? 0 : min(max(value, -limit), limit)
  }

  @inline(__always)
  static func atanh(_ value: Float) -> Float { 0.5 * logf((1 + value) / (1 - value)) }
}

import CKernels
import Inference

/// The features of a picture at four scales, and the look-up of how well the features of another one fit around a place.
///
/// The published code stores the correlation of every place with every place, `(HW / 64)²` floats a level: 143 MB for
/// 768x432, growing with the square of the picture. Pooling that volume is the same as pooling the second picture's
/// features, so a look-up can work out its few products when it needs them: memory stays linear, at about the same time.
struct CorrelationPyramid: Sendable {
  private let levels: [Tensor]
  private let channels: Int

  /// - Parameter features: `[height, width, channels]`.
  init(_ features: Tensor) {
    var levels = [features]
    for _ in 1..<RAFTArchitecture.levels { levels.append(Self.halved(levels[levels.count - 1])) }
    self.levels = levels
    channels = features.shape[2]
  }

  /// `samples[p][level * side² + a * side + b]`, side = 2 radius + 1: the correlation of `features[p]` with this picture
  /// at `centres[p] / 2^level + (a - radius, b - radius)`; the slow index moves x. Bilinear, zero outside, divided by
  /// the root of the number of channels.
  /// - Parameters:
  ///   - features: one row of channels a place.
  ///   - centres: x and y a place, in pixels of the finest level.
  func lookUp(_ features: Tensor, at centres: Tensor, radius: Int, into samples: Tensor) {
    let scaled = Tensor(centres.shape)
    for (level, picture) in levels.enumerated() {
      let factor = 1 / Float(1 << level)
      let (from, to) = (centres.pointer, scaled.pointer)
      for index in 0..<scaled.count { to[index] = from[index] * factor }
      correlate(features, with: picture, at: scaled, radius: radius, level: level, into: samples)
    }
  }

  private func correlate(
    _ features: Tensor, with picture: Tensor, at centres: Tensor, radius: Int, level: Int, into samples: Tensor
  ) {
    let area = (2 * radius + 1) * (2 * radius + 1)
    ck_active().pointee.correlate(
      features.count / channels, channels, features.pointer, picture.shape[0], picture.shape[1], picture.pointer,
      centres.pointer, 1 / Float(channels).squareRoot(), radius, samples.pointer + level * area, levels.count * area)
  }

  /// Means of 2x2 pixels; an odd last row or column is dropped.
  private static func halved(_ picture: Tensor) -> Tensor {
    let (height, width, channels) = (picture.shape[0] / 2, picture.shape[1] / 2, picture.shape[2])
    let result = Tensor([height, width, channels])
    let row = picture.shape[1] * channels
    for y in 0..<height {
      for x in 0..<width {
        let from = picture.pointer + 2 * y * row + 2 * x * channels
        let to = result.pointer + (y * width + x) * channels
        for c in 0..<channels {
          to[c] = (from[c] + from[c + channels] + from[c + row] + from[c + row + channels]) * 0.25
        }
      }
    }
    return result
  }
}

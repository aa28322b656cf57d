import Foundation
import Media
import NeuralField

/// Quality of single pictures. Pictures are three planes (`FeatureRows`) with values around [0, 1].
public enum ImageMetrics {
  /// Mean squared error of `picture`, clamped to [0, 1], against `reference`, over pixels and channels.
  public static func meanSquaredError(_ picture: FeatureRows, _ reference: Frame) -> Double {
    (0..<3).reduce(0) { $0 + meanSquaredError(picture, reference, channel: $1) } / 3
  }

  /// The same of one channel.
  static func meanSquaredError(_ picture: FeatureRows, _ reference: Frame, channel: Int) -> Double {
    var sum = 0.0
    let plane = picture[channel]
    reference.pixels.withUnsafeBufferPointer { pixels in
      for m in 0..<reference.size.pixelCount {
        let error = Double(min(max(plane[m], 0), 1) - Float(pixels[3 * m + channel]) * Frame.unit)
        sum += error * error
      }
    }
    return sum / Double(reference.size.pixelCount)
  }

  /// Peak signal-to-noise ratio in dB for a data range of 1: -10 log10(mse).
  public static func psnr(meanSquaredError: Double) -> Double { -10 * log10(max(meanSquaredError, 1e-20)) }

  /// Structural similarity (Wang et al. 2004) with a uniform window of 7 x 7, a channel at a time, the mean over channels
  /// and over all places where the window fits. Sample covariance, K1 = 0.01, K2 = 0.03, data range 1: the numbers are
  /// those of scikit-image's `structural_similarity(win_size=7, channel_axis=-1, data_range=1)`.
  public static func ssim(_ picture: FeatureRows, _ reference: Frame) -> Double {
    (0..<3).reduce(0) { $0 + ssim(picture, reference, channel: $1) } / 3
  }

  /// The same of one channel.
  static func ssim(_ picture: FeatureRows, _ reference: Frame, channel: Int) -> Double {
    let size = reference.size
    guard size.width >= window, size.height >= window else { return .nan }
    let plane = reference.pixels.withUnsafeBufferPointer { pixels in
      (0..<size.pixelCount).map { Float(pixels[3 * $0 + channel]) * Frame.unit }
    }
    return planeSSIM(picture[channel], plane, size: size)
  }

  private static let window = 7

  private static func planeSSIM(_ a: UnsafePointer<Float>, _ b: [Float], size: PixelSize) -> Double {
    let width = size.width
    let places = (width - window + 1) * (size.height - window + 1)
    let count = Double(window * window)
    let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
    let sampleFactor = count / (count - 1)
    // Sums over the window's seven rows for every column, moved down a row at a time: a, b, a^2, b^2, ab.
    var columns = [SIMD8<Double>](repeating: .zero, count: width)
    func moments(_ pixel: Int) -> SIMD8<Double> {
      let (x, y) = (Double(min(max(a[pixel], 0), 1)), Double(b[pixel]))
      return SIMD8(x, y, x * x, y * y, x * y, 0, 0, 0)
    }
    var sum = 0.0
    for row in 0..<size.height {
      for x in 0..<width {
        columns[x] += moments(row * width + x)
        if row >= window { columns[x] -= moments((row - window) * width + x) }
      }
      guard row >= window - 1 else { continue }
      var box = SIMD8<Double>.zero
      for x in 0..<width {
        box += columns[x]
        if x >= window { box -= columns[x - window] }
        guard x >= window - 1 else { continue }
        let mean = box / count
        let varianceA = (mean[2] - mean[0] * mean[0]) * sampleFactor
        let varianceB = (mean[3] - mean[1] * mean[1]) * sampleFactor
        let covariance = (mean[4] - mean[0] * mean[1]) * sampleFactor
        sum +=
          (2 * mean[0] * mean[1] + c1) * (2 * covariance + c2)
          / ((mean[0] * mean[0] + mean[1] * mean[1] + c1) * (varianceA + varianceB + c2))
      }
    }
    return sum / Double(places)
  }
}

/// Intersection over union of an opacity above one half and a reference mask, over all frames that are added.
public struct MaskOverlap: Sendable {
  private var intersection = 0
  private var union = 0
  private var objectPixels = 0
  private var missing = 0.0

  public init() {}

  public mutating func add(alpha: UnsafePointer<Float>, mask: Mask) {
    for (m, value) in mask.values.enumerated() {
      let (predicted, expected) = (alpha[m] > 0.5, value > Mask.threshold)
      if predicted && expected { intersection += 1 }
      if predicted || expected { union += 1 }
      if expected {
        objectPixels += 1
        missing += Double(1 - alpha[m])
      }
    }
  }

  static func += (left: inout MaskOverlap, right: MaskOverlap) {
    left.intersection += right.intersection
    left.union += right.union
    left.objectPixels += right.objectPixels
    left.missing += right.missing
  }

  /// 1 where both are empty.
  public var iou: Double { union == 0 ? 1 : Double(intersection) / Double(union) }

  /// The share of the mask that other layers carry: the mean of 1 - alpha over its pixels; 0 where it is empty.
  public var shareElsewhere: Double { objectPixels == 0 ? 0 : missing / Double(objectPixels) }
}

import Foundation
import Media
import NeuralField
import Testing

@testable import Decomposition

@Suite struct ImageMetricsTests {
  private static let size = PixelSize(width: 40, height: 30)

  /// Sines in x and y, one phase a channel: the same picture as in Benchmarks/peer/make_ssim_fixture.py.
  private static func value(_ m: Int, _ channel: Int, shift: Double) -> Double {
    let (x, y, c) = (Double(m % size.width), Double(m / size.width), Double(channel))
    return 0.5 + 0.3 * sin(0.37 * x + c + shift) * cos(0.23 * y - c)
  }

  private static func frame() -> Frame {
    var frame = Frame(size: size)
    for m in 0..<size.pixelCount {
      for c in 0..<3 { frame.pixels[3 * m + c] = UInt16((value(m, c, shift: 0) * 65535).rounded()) }
    }
    return frame
  }

  private static func planes(shift: Double) -> FeatureRows {
    let rows = FeatureRows(features: 3, capacity: size.pixelCount)
    for m in 0..<size.pixelCount {
      for c in 0..<3 { rows[c][m] = Float((value(m, c, shift: shift) * 65535).rounded() / 65535) }
    }
    return rows
  }

  /// Numbers of scikit-image 0.2x, printed by the script named above.
  @Test(arguments: [(0.0, 1.0), (0.1, 0.9931911), (0.7, 0.7188837)])
  func ssimAgreesWithScikitImage(shift: Double, expected: Double) {
    let found = ImageMetrics.ssim(Self.planes(shift: shift), Self.frame())
    #expect(abs(found - expected) < 1e-5, "\(found)")
  }

  @Test func psnrOfAKnownError() {
    let rows = Self.planes(shift: 0)
    for c in 0..<3 { for m in 0..<Self.size.pixelCount { rows[c][m] += 0.01 } }
    let error = ImageMetrics.meanSquaredError(rows, Self.frame())
    #expect(abs(ImageMetrics.psnr(meanSquaredError: error) - 40) < 0.01)
  }

  @Test func overlapCountsPixels() {
    let alpha: [Float] = [0.9, 0.8, 0.2, 0.6]
    var overlap = MaskOverlap()
    overlap.add(
      alpha: alpha, mask: Mask(size: PixelSize(width: 2, height: 2), values: [255, 0, 255, 200]))
    #expect(overlap.iou == 0.5)
    #expect(MaskOverlap().iou == 1)
  }
}

import Foundation
import Media
import NeuralField
import Testing

@testable import Decomposition

@Suite struct LightDetailTests {
  /// One layer of full opacity whose light is `light` in all channels.
  private func frame(width: Int, height: Int, light: (Int, Int) -> Float) -> RenderedFrame {
    let size = PixelSize(width: width, height: height)
    let (alpha, residual) = (
      FeatureRows(features: 1, capacity: size.pixelCount), FeatureRows(features: 3, capacity: size.pixelCount)
    )
    for m in 0..<size.pixelCount {
      alpha[0][m] = 1
      for channel in 0..<3 { residual[channel][m] = light(m % width, m / width) }
    }
    let rows = FeatureRows(features: 3, capacity: size.pixelCount)
    let layer = RenderedLayer(name: "layer", uv: rows, alpha: alpha, texture: rows, residual: residual)
    return RenderedFrame(index: 0, size: size, layers: [layer], reconstruction: rows, withoutResiduals: rows)
  }

  private func detail(_ light: @escaping (Int, Int) -> Float) -> Double {
    var detail = LightDetail()
    detail.add(frame(width: 136, height: 85, light: light))
    return detail.rootMeanSquare
  }

  @Test func slowLightHasNone() {
    #expect(detail { _, _ in 1.3 } < 1e-5)
    // A ramp bends only where windows are cut off at the border.
    #expect(detail { x, _ in 1 + 0.001 * Float(x) } < 1.5e-3)
  }

  /// A wave with a period of one window has no mean: all of it is fine, and its root mean square is amplitude / sqrt 2.
  @Test func wavesOfAWindowCountInFull() {
    let found = detail { x, _ in 1 + 0.2 * Float(sin(2 * Double.pi * Double(x) / 17)) }
    #expect(abs(found - 0.2 / 2.0.squareRoot()) < 0.01, "\(found)")
  }

  @Test func shareOfAnObjectThatOthersCarry() {
    var overlap = MaskOverlap()
    let mask = Mask(size: PixelSize(width: 4, height: 1), values: [255, 255, 0, 0])
    overlap.add(alpha: [1, 0.4, 0.9, 0], mask: mask)
    #expect(abs(overlap.shareElsewhere - 0.3) < 1e-6)
  }
}

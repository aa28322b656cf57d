import Foundation
import Media
import NeuralField

/// The largest opacity that ever landed on each texel of each layer, gathered over a `RenderPass`.
///
/// A pixel marks the four texels around the place where it lands, so that magnified layers have no holes.
public final class TextureCoverage: FrameObserver, @unchecked Sendable {
  public let size: PixelSize
  /// One plane for each layer.
  let maps: [FeatureRows]

  public init(_ model: NVDModel, size: PixelSize = PixelSize(width: 1000, height: 1000)) {
    self.size = size
    maps = model.layers.map { _ in FeatureRows(features: 1, capacity: size.pixelCount) }
  }

  public func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void] {
    zip(maps, frame.layers).map { map, layer in { [size] in Self.add(layer, frame.size.pixelCount, to: map[0], size) } }
  }

  private static func add(
    _ layer: RenderedLayer, _ pixels: Int, to texels: UnsafeMutablePointer<Float>, _ size: PixelSize
  ) {
    let (u, v, alpha) = (layer.uv[0], layer.uv[1], layer.alpha[0])
    for m in 0..<pixels where alpha[m] > PointEvaluator.unseenOpacity && u[m].isFinite && v[m].isFinite {
      let x = Int(floorf((u[m] * 0.5 + 0.5) * Float(size.width) - 0.5))
      let y = Int(floorf((v[m] * 0.5 + 0.5) * Float(size.height) - 0.5))
      for row in max(0, y)...min(y + 1, size.height - 1) {
        for column in max(0, x)...min(x + 1, size.width - 1) {
          let texel = row * size.width + column
          if texels[texel] < alpha[m] { texels[texel] = alpha[m] }
        }
      }
    }
  }
}

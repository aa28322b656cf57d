import Decomposition
import Exchange
import Foundation
import Media

/// Fits a homography to a layer's mapping, frame by frame: what a flat corner pin can tell of it.
public struct CornerPinFit: Sendable {
  public let layer: String
  public let frameSize: PixelSize
  public let textureSize: PixelSize
  private var fits: [(frame: Int, map: Homography, error: Double)] = []
  /// The part of the texture that was seen: u and v from, to.
  private var low = SIMD2(1.0, 1.0)
  private var high = SIMD2(-1.0, -1.0)

  /// A frame with fewer pixels of the layer has no pin.
  private static let leastPixels = 64
  private static let mostSamples = 4000

  public init(layer: String, frameSize: PixelSize, textureSize: PixelSize) {
    (self.layer, self.frameSize, self.textureSize) = (layer, frameSize, textureSize)
  }

  /// Takes a frame in.
  /// - Parameter number: what the frame is called in the track.
  public mutating func add(_ frame: RenderedFrame, layer index: Int, number: Int) {
    let layer = frame.layers[index]
    let seen = (0..<frame.size.pixelCount).filter { layer.alpha[0][$0] > 0.5 }
    guard seen.count >= Self.leastPixels else { return }
    let step = max(1, seen.count / Self.mostSamples)
    var pairs: [PlaneFit.Pair] = []
    for pixel in stride(from: 0, to: seen.count, by: step).map({ seen[$0] }) {
      let place = SIMD2(Double(layer.uv[0][pixel]), Double(layer.uv[1][pixel]))
      (low, high) = (pointwiseMin(low, place), pointwiseMax(high, place))
      pairs.append(
        PlaneFit.Pair(
          from: texture(place),
          to: SIMD2(Double(pixel % frame.size.width) + 0.5, Double(pixel / frame.size.width) + 0.5)))
    }
    guard let map = PlaneFit.homography(pairs) else { return }
    fits.append((number, map, PlaneFit.rmsError(of: map, pairs)))
  }

  /// The track; nil where no frame shows enough of the layer.
  public var track: CornerPinTrack? {
    guard !fits.isEmpty else { return nil }
    let corners = [
      SIMD2(low.x, high.y), SIMD2(high.x, high.y), SIMD2(high.x, low.y), SIMD2(low.x, low.y),
    ].map(texture)
    let pins = fits.map { fit in
      CornerPinTrack.Pin(
        frame: fit.frame,
        to: corners.map {
          let place = fit.map.apply($0.x, $0.y)
          return CornerPinTrack.Point(x: place.x, y: place.y)
        }, matrix: fit.map.matrix, rmsError: fit.error)
    }
    return CornerPinTrack(
      layer: layer, frameSize: frameSize, textureSize: textureSize,
      from: corners.map { CornerPinTrack.Point(x: $0.x, y: $0.y) }, pins: pins)
  }

  /// uv in pixels of the texture from its corner.
  private func texture(_ uv: SIMD2<Double>) -> SIMD2<Double> {
    (uv * 0.5 + 0.5) * SIMD2(Double(textureSize.width), Double(textureSize.height))
  }
}

import Foundation
import Media
import NeuralField

extension Renderer {
  /// The texture of `layer` as a picture over [-1, 1]^2: T_i at the centres of the texels, alpha = coverage, the largest
  /// opacity that ever landed on the texel (0 where the clip never shows it).
  ///
  /// - Throws: `DecompositionError.unknownLayer`.
  public func texture(layer name: String, size: PixelSize = PixelSize(width: 1000, height: 1000)) throws -> RGBAImage {
    try textures(size: size, only: [name])[0].image
  }

  /// The textures of the layers called `only`, or of all; every frame is rendered once for their coverage.
  public func textures(
    size: PixelSize = PixelSize(width: 1000, height: 1000), only names: [String]? = nil
  ) throws -> [(layer: String, image: RGBAImage)] {
    let indices = try (names ?? model.layerNames).map { try model.index(ofLayer: $0) }
    let coverage = coverage(of: indices, size: size)
    return indices.enumerated().map { position, index in
      var pixels = textureImage(layer: index, size: size)
      for texel in 0..<size.pixelCount {
        pixels[4 * texel + 3] = UInt8(min(1, coverage[position][0][texel]) * 255 + 0.5)
      }
      return (model.layerNames[index], RGBAImage(size: size, pixels: pixels))
    }
  }

  /// The colours of a layer's texture as R, G, B and a full alpha, a byte each, interleaved.
  func textureImage(layer: Int, size: PixelSize) -> [UInt8] {
    let image = PixelBytes(count: 4 * size.pixelCount)
    evaluator.evaluateTexture(
      layer: layer, count: size.pixelCount,
      place: { texel in
        (
          (Float(texel % size.width) + 0.5) / Float(size.width) * 2 - 1,
          (Float(texel / size.width) + 0.5) / Float(size.height) * 2 - 1
        )
      },
      body: { start, count, colour in
        for m in 0..<count {
          for channel in 0..<3 { image.bytes[4 * (start + m) + channel] = UInt8(colour[channel][m] * 255 + 0.5) }
        }
      })
    return image.array
  }

  /// Largest opacity of every texel over all frames. A pixel marks the four texels around the place where it lands, so
  /// that magnified layers have no holes.
  private func coverage(of layers: [Int], size: PixelSize) -> [FeatureRows] {
    let maps = layers.map { _ in FeatureRows(features: 1, capacity: size.pixelCount) }
    for frame in 0..<model.geometry.frameCount {
      let rendered = placementFrame(frame)
      for (map, index) in zip(maps, layers) {
        let layer = rendered.layers[index]
        let (u, v, alpha, texels) = (layer.uv[0], layer.uv[1], layer.alpha[0], map[0])
        for m in 0..<rendered.size.pixelCount {
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
    return maps
  }
}

/// Bytes that several lanes write at different places.
private final class PixelBytes: @unchecked Sendable {
  let bytes: UnsafeMutablePointer<UInt8>
  private let count: Int

  init(count: Int) {
    self.count = count
    bytes = .allocate(capacity: count)
    bytes.initialize(repeating: 255, count: count)
  }

  deinit { bytes.deallocate() }

  var array: [UInt8] { Array(UnsafeBufferPointer(start: bytes, count: count)) }
}

extension NVDModel {
  /// The place of a layer in composite order.
  func index(ofLayer name: String) throws -> Int {
    guard let index = layerNames.firstIndex(of: name) else {
      throw DecompositionError.unknownLayer(name, known: layerNames)
    }
    return index
  }
}

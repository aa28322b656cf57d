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
    let names = try (names ?? model.layerNames).map { model.layerNames[try model.index(ofLayer: $0)] }
    let coverage = TextureCoverage(model, size: size)
    try RenderPass(self, parts: .alpha).run([coverage])
    return textures(coverage).filter { names.contains($0.layer) }
  }

  /// The textures of all layers with a coverage that was gathered over a pass.
  public func textures(_ coverage: TextureCoverage) -> [(layer: String, image: RGBAImage)] {
    model.layerNames.enumerated().map { index, name in
      var pixels = textureImage(layer: index, size: coverage.size)
      let covered = coverage.maps[index][0]
      for texel in 0..<coverage.size.pixelCount { pixels[4 * texel + 3] = UInt8(min(1, covered[texel]) * 255 + 0.5) }
      return (name, RGBAImage(size: coverage.size, pixels: pixels))
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

import Media

extension Renderer {
  /// The textures of the layers called `only`, or of all, with 16 bits a channel; otherwise as `textures`.
  /// - Throws: `DecompositionError.unknownLayer`.
  public func deepTextures(
    size: PixelSize, only names: [String]? = nil
  ) throws -> [(layer: String, image: DeepImage)] {
    try textures(size: size, only: names).map { layer, image in
      var pixels = try deepColours(layer: layer, size: size)
      for index in stride(from: 3, to: pixels.count, by: 4) { pixels[index] = UInt16(image.pixels[index]) * 257 }
      return (layer, DeepImage(size: size, pixels: pixels))
    }
  }

  /// The colours of a layer's texture as R, G, B and a full alpha, 16 bits each, interleaved.
  /// - Throws: `DecompositionError.unknownLayer`.
  public func deepColours(layer name: String, size: PixelSize) throws -> [UInt16] {
    let index = try model.index(ofLayer: name)
    let image = DeepTexels(count: 4 * size.pixelCount)
    evaluator.evaluateTexture(
      layer: index, count: size.pixelCount,
      place: { texel in
        (
          (Float(texel % size.width) + 0.5) / Float(size.width) * 2 - 1,
          (Float(texel / size.width) + 0.5) / Float(size.height) * 2 - 1
        )
      },
      body: { start, count, colour in
        for m in 0..<count {
          for channel in 0..<3 {
            image.values[4 * (start + m) + channel] = UInt16(min(max(colour[channel][m], 0), 1) * 65535 + 0.5)
          }
        }
      })
    return image.array
  }
}

/// Values that several lanes write at different places.
private final class DeepTexels: @unchecked Sendable {
  let values: UnsafeMutablePointer<UInt16>
  private let count: Int

  init(count: Int) {
    self.count = count
    values = .allocate(capacity: count)
    values.initialize(repeating: 65535, count: count)
  }

  deinit { values.deallocate() }

  var array: [UInt16] { Array(UnsafeBufferPointer(start: values, count: count)) }
}

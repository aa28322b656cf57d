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
    try coverage(size: size, of: names).map { name, covered in
      (name, RGBAImage(size: size, pixels: try texels(layer: name, size: size, covered: covered)))
    }
  }

  /// The same with 16 bits a channel.
  public func deepTextures(
    size: PixelSize, only names: [String]? = nil
  ) throws -> [(layer: String, image: DeepImage)] {
    try coverage(size: size, of: names).map { name, covered in
      (name, DeepImage(size: size, pixels: try texels(layer: name, size: size, covered: covered)))
    }
  }

  /// The textures of all layers with a coverage that was gathered over a pass.
  public func textures(_ coverage: TextureCoverage) throws -> [(layer: String, image: RGBAImage)] {
    try zip(model.layerNames, coverage.maps).map { name, map in
      (name, RGBAImage(size: coverage.size, pixels: try texels(layer: name, size: coverage.size, covered: map)))
    }
  }

  /// The colours of a layer's texture as R, G, B and a full alpha, 16 bits each, interleaved.
  /// - Throws: `DecompositionError.unknownLayer`.
  public func deepColours(layer name: String, size: PixelSize) throws -> [UInt16] {
    try texels(layer: name, size: size)
  }

  /// The same in 8 or 16 bits.
  func texels<Value: FixedWidthInteger & UnsignedInteger & Sendable>(
    layer name: String, size: PixelSize, as type: Value.Type = Value.self
  ) throws -> [Value] {
    let index = try model.index(ofLayer: name)
    let texels = SharedTexels<Value>(count: 4 * size.pixelCount)
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
          for channel in 0..<3 { texels.values[4 * (start + m) + channel] = Value(rounding: colour[channel][m]) }
        }
      })
    return texels.array
  }

  private func coverage(size: PixelSize, of names: [String]?) throws -> [(layer: String, map: FeatureRows)] {
    let indices = try (names ?? model.layerNames).map { try model.index(ofLayer: $0) }
    let coverage = TextureCoverage(model, size: size)
    try RenderPass(self, parts: .alpha).run([coverage])
    return indices.map { (model.layerNames[$0], coverage.maps[$0]) }
  }

  private func texels<Value: FixedWidthInteger & UnsignedInteger & Sendable>(
    layer name: String, size: PixelSize, covered: FeatureRows
  ) throws -> [Value] {
    var texels = try texels(layer: name, size: size, as: Value.self)
    for texel in 0..<size.pixelCount { texels[4 * texel + 3] = Value(rounding: covered[0][texel]) }
    return texels
  }
}

/// Values that several lanes write at different places.
private final class SharedTexels<Value: FixedWidthInteger & UnsignedInteger & Sendable>: @unchecked Sendable {
  let values: UnsafeMutablePointer<Value>
  private let count: Int

  init(count: Int) {
    self.count = count
    values = .allocate(capacity: count)
    values.initialize(repeating: .max, count: count)
  }

  deinit { values.deallocate() }

  var array: [Value] { Array(UnsafeBufferPointer(start: values, count: count)) }
}

extension FixedWidthInteger where Self: UnsignedInteger {
  /// A value in [0, 1] as a share of the largest number; what is no number is 0.
  fileprivate init(rounding value: Float) { self = Self(Swift.min(Swift.max(0, value), 1) * Float(Self.max) + 0.5) }
}

extension NVDModel {
  /// The place of a layer in composite order.
  /// - Throws: `DecompositionError.unknownLayer`.
  public func index(ofLayer name: String) throws -> Int {
    guard let index = layerNames.firstIndex(of: name) else {
      throw DecompositionError.unknownLayer(name, known: layerNames)
    }
    return index
  }
}

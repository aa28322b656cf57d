import Foundation
import Media

/// One layer of a procedural scene, known exactly: every property is a function that can be asked anywhere.
///
/// A layer has a plane of its own, measured in pixels of the middle of the clip. Places in frames are pixel coordinates
/// as the model uses them: the first pixel's middle is (0, 0), and places between pixels are allowed.
public struct SyntheticLayer: Sendable {
  /// `background`; `foreground` for a single object, else `foreground0`, `foreground1`, ... front first.
  public let name: String
  let motion: LayerMotion
  let painting: Painting
  let lighting: Lighting
  let edgeWidth: Double

  enum Painting: Sendable {
    case tiles(TilePainting)
    case creature(CreaturePainting)
  }

  /// Light that varies smoothly over a layer's plane and over time, between 1 - strength and 1 + strength.
  struct Lighting: Sendable {
    let strength: Double
    /// Radians a pixel of the layer.
    let waveVector: SIMD2<Double>
    /// Radians a frame.
    let pace: Double
    let phase: Double
  }

  /// From pixels of a frame to the layer's plane, without the bending of objects that wobble.
  public func similarity(frame: Int) -> Homography { motion.similarities[frame] }

  /// Whether `similarity` is the whole motion.
  public var isRigid: Bool { motion.bend == 0 }

  /// Where a place of a frame lies in the layer's plane.
  public func layerPoint(_ pixel: SIMD2<Double>, frame: Int) -> SIMD2<Double> {
    motion.layerPoint(pixel, frame: frame)
  }

  /// Where a place of the layer's plane appears in a frame: the inverse of `layerPoint`.
  public func pixel(_ layerPoint: SIMD2<Double>, frame: Int) -> SIMD2<Double> {
    motion.pixel(layerPoint, frame: frame)
  }

  /// The texture: red, green, blue at a place of the layer's plane, such that the brightest light leaves them below 1.
  public func colour(at layerPoint: SIMD2<Double>) -> SIMD3<Double> {
    let painted =
      switch painting {
      case .tiles(let tiles): tiles.colour(layerPoint)
      case .creature(let creature): creature.colour(layerPoint)
      }
    return painted.clamped(lowerBound: Colour(repeating: 0.02), upperBound: Colour(repeating: 0.98))
      / (1 + lighting.strength)
  }

  /// The factor by which light changes the texture at a place of the layer's plane in a frame.
  public func light(at layerPoint: SIMD2<Double>, frame: Int) -> Double {
    let angle = (lighting.waveVector * layerPoint).sum() + lighting.pace * Double(frame) + lighting.phase
    return 1 + lighting.strength * sin(angle)
  }

  /// The layer's own opacity at a place of its plane, whatever is in front of it: 1 everywhere for the background.
  public func opacity(at layerPoint: SIMD2<Double>) -> Double {
    switch painting {
    case .tiles: 1
    case .creature(let creature): softStep(creature.depth(layerPoint), width: edgeWidth)
    }
  }

  /// The texture as an image: RGB in [0, 1], row by row, of the rectangle of the layer's plane between two corners
  /// (the first and the last pixel's middle). Shape: height * width * 3.
  public func texture(from first: SIMD2<Double>, to last: SIMD2<Double>, size: PixelSize) -> [Float] {
    let steps = SIMD2(Double(max(1, size.width - 1)), Double(max(1, size.height - 1)))
    var image: [Float] = []
    image.reserveCapacity(size.pixelCount * 3)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let colour = colour(at: first + (last - first) * SIMD2(Double(x), Double(y)) / steps)
        image.append(contentsOf: [Float(colour.x), Float(colour.y), Float(colour.z)])
      }
    }
    return image
  }
}

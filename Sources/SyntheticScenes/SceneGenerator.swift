import Foundation
import Media

/// Makes procedural scenes: ground truth for tests, and a clip for demonstrations without any file.
public enum SceneGenerator {
  /// Builds the layers, draws every frame and derives masks.
  ///
  /// Cost: about a microsecond a pixel and frame. Memory: 7 bytes a pixel and frame.
  /// - Precondition: a size and a frame count of at least 1, `foregroundCount >= 0`, `lighting` in [0, 1).
  public static func make(_ configuration: SceneConfiguration) -> SyntheticScene {
    let size = configuration.size
    precondition(size.width > 0 && size.height > 0 && configuration.frameCount > 0, "an empty scene")
    precondition(configuration.foregroundCount >= 0, "\(configuration.foregroundCount) foregrounds")
    precondition((0..<1).contains(configuration.lighting), "lighting \(configuration.lighting) is not in [0, 1)")

    var random = SceneRandom(seed: configuration.seed)
    let tiles = background(configuration, &random)
    let objects = (0..<configuration.foregroundCount).map { foreground($0, configuration, &random) }
    let layers = objects + [tiles]
    let frames = (0..<configuration.frameCount).map { draw(layers, size, frame: $0) }
    let masks = objects.indices.map { index in
      ObjectMasks(
        name: objects[index].name,
        masks: (0..<configuration.frameCount).map { frame in
          Mask(size: size, values: size.pixels.map { layers.alphas($0, frame: frame)[index] > 0.5 ? 255 : 0 })
        })
    }
    return SyntheticScene(
      configuration: configuration,
      clip: Clip(
        name: "synthetic", frames: frames, frameRate: FrameRate(numerator: 25, denominator: 1),
        sourceFrames: 0..<configuration.frameCount),
      layers: layers, masks: masks)
  }

  private static func draw(_ layers: [SyntheticLayer], _ size: PixelSize, frame: Int) -> Frame {
    var pixels: [UInt16] = []
    pixels.reserveCapacity(3 * size.pixelCount)
    for pixel in size.pixels {
      let colour = (layers.colour(pixel, frame: frame) * 65535).rounded(.toNearestOrAwayFromZero)
      pixels.append(contentsOf: [UInt16(colour.x), UInt16(colour.y), UInt16(colour.z)])
    }
    return Frame(size: size, pixels: pixels)
  }

  /// Frames before (negative) or after the middle of the clip, where the layers' planes are measured.
  private static func times(_ configuration: SceneConfiguration) -> [Double] {
    (0..<configuration.frameCount).map { Double($0) - Double(configuration.frameCount - 1) / 2 }
  }

  private static func background(
    _ configuration: SceneConfiguration, _ random: inout SceneRandom
  ) -> SyntheticLayer {
    let long = Double(configuration.size.longSide)
    let camera = configuration.camera
    let middle = SIMD2(Double(configuration.size.width - 1), Double(configuration.size.height - 1)) / 2
    let similarities = times(configuration).map { time in
      Homography.similarity(
        from: middle, to: middle + time * long * SIMD2(camera.panX, camera.panY), rotation: camera.rotation * time,
        growth: -camera.zoom * time)
    }
    return SyntheticLayer(
      name: "background", motion: LayerMotion(similarities: similarities),
      painting: .tiles(TilePainting(unit: max(0.5, long / 384), seed: random.next())),
      lighting: lighting(configuration, &random), edgeWidth: configuration.edgeWidth)
  }

  private static func foreground(
    _ index: Int, _ configuration: SceneConfiguration, _ random: inout SceneRandom
  ) -> SyntheticLayer {
    let size = configuration.size
    let long = Double(size.longSide)
    let short = Double(min(size.width, size.height))
    let motion = configuration.objects
    let radius = short * random.next(0.24..<0.29) / Double(max(1, configuration.foregroundCount)).squareRoot()
    let slot = (Double(index) + 0.5) / Double(configuration.foregroundCount)
    let middle = SIMD2(Double(size.width) * (0.2 + 0.6 * slot), Double(size.height) * random.next(0.45..<0.55))
    let direction = random.next(-0.5..<0.5) + (index.isMultiple(of: 2) ? 0 : Double.pi)
    let step = motion.travel * long * SIMD2(cos(direction), sin(direction))
    let turn = motion.rotation * (index.isMultiple(of: 2) ? 1 : -1)
    let similarities = times(configuration).map { time in
      Homography.similarity(
        from: middle + time * step, to: .zero, rotation: turn * time, growth: -motion.growth * time)
    }
    let painting = CreaturePainting(
      radius: radius, lobes: 3 + Int(random.next() % 4), hue: random.next(0..<0.14) + 0.37 * Double(index),
      seed: random.next())
    return SyntheticLayer(
      name: configuration.foregroundCount == 1 ? "foreground" : "foreground\(index)",
      motion: LayerMotion(
        similarities: similarities, bend: motion.wobble * radius, waveNumber: 3 / radius, pace: random.next(0.3..<0.5)),
      painting: .creature(painting), lighting: lighting(configuration, &random), edgeWidth: configuration.edgeWidth)
  }

  /// Light in waves longer than the frame that travel by about half a wave during the clip.
  private static func lighting(
    _ configuration: SceneConfiguration, _ random: inout SceneRandom
  ) -> SyntheticLayer.Lighting {
    let angle = random.next(0..<2 * Double.pi)
    return SyntheticLayer.Lighting(
      strength: configuration.lighting,
      waveVector: SIMD2(cos(angle), sin(angle)) * 4 / Double(configuration.size.longSide),
      pace: random.next(2.5..<4) / Double(configuration.frameCount), phase: random.next(0..<2 * Double.pi))
  }
}

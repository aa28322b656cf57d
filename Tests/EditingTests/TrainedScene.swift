import Decomposition
import Foundation
import Media
import SyntheticScenes

@testable import Editing

/// A procedural scene whose layers are known, and models trained on it; made once for all tests.
struct TrainedScene: Sendable {
  let scene: SyntheticScene
  private let models: [NVDModel]

  static let shared = Result { try TrainedScene() }
  static let reference = 3
  /// Of the logo, in the background's plane.
  static let radius = 13.0

  private init() throws {
    var configuration = SceneConfiguration()
    configuration.size = PixelSize(width: 160, height: 96)
    configuration.frameCount = 7
    configuration.objects.wobble = 0
    configuration.camera.panX = 0.012
    let scene = SceneGenerator.make(configuration)
    let motion = scene.layers.map { layer in
      let fromPlane = layer.similarity(frame: 3).inverse ?? .identity
      return (0..<7).map { fromPlane * layer.similarity(frame: $0) }
    }
    let clip = try TrainingClip(
      frames: scene.clip.frames, objects: scene.masks, flow: scene.exactFlow(), motion: motion)
    func train(_ seed: UInt64) throws -> NVDModel {
      var configuration = DecompositionConfiguration.preset(.fast, for: clip.geometry.size)
      configuration.training.sampling.batchPoints = 3000
      let trainer = try Trainer(clip: clip, configuration: configuration, seed: seed, threads: 2)
      _ = try trainer.train(budget: .iterations(220))
      return trainer.model
    }
    self.scene = scene
    models = [try train(1), try train(2)]
  }

  var renderer: Renderer { Renderer(model: models[0]) }
  /// The same clip, trained from other random numbers.
  var other: Renderer { Renderer(model: models[1]) }

  /// The middle of the logo in the background's plane: left above in the reference frame, where nothing passes by.
  var logo: SIMD2<Double> { scene.layers[1].layerPoint(SIMD2(38, 30), frame: Self.reference) }

  /// How much of a pixel's background the logo covers.
  private func cover(_ pixel: SIMD2<Double>, frame: Int) -> Double {
    let offset = scene.layers[1].layerPoint(pixel, frame: frame) - logo
    return min(1, max(0, (Self.radius - (offset * offset).sum().squareRoot()) / 2 + 0.5))
  }

  /// The true scene with the logo on its background: an orange disc under the background's own light.
  func edited(frame: Int) -> Frame {
    var result = scene.clip.frames[frame]
    let (size, background) = (result.size, scene.layers[1])
    for index in 0..<size.pixelCount {
      let pixel = SIMD2(Double(index % size.width), Double(index / size.width))
      let share = cover(pixel, frame: frame) * scene.alphas(pixel, frame: frame)[1]
      guard share > 0 else { continue }
      let point = background.layerPoint(pixel, frame: frame)
      let change = (SIMD3(0.8, 0.35, 0.1) - background.colour(at: point)) * background.light(at: point, frame: frame)
      for channel in 0..<3 {
        let value = Double(result.pixels[3 * index + channel]) / 65535 + share * change[channel]
        result.pixels[3 * index + channel] = UInt16(min(max(value, 0), 1) * 65535 + 0.5)
      }
    }
    return result
  }

  /// The pixels that lie well inside the logo.
  func inside(frame: Int) -> [Int] {
    let size = scene.configuration.size
    return (0..<size.pixelCount).filter { index in
      let pixel = SIMD2(Double(index % size.width), Double(index / size.width))
      return cover(pixel, frame: frame) >= 1 && scene.alphas(pixel, frame: frame)[1] > 0.99
    }
  }

  /// Where the weight of a change is: the mean place of pixels, weighted by how much they changed.
  func middle(of edited: Frame, frame: Int) -> SIMD2<Double> {
    let source = scene.clip.frames[frame]
    var (sum, weight) = (SIMD2(0.0, 0.0), 0.0)
    for index in 0..<source.size.pixelCount {
      let change = (0..<3).reduce(0.0) {
        $0 + abs(Double(edited.pixels[3 * index + $1]) - Double(source.pixels[3 * index + $1]))
      }
      sum += change * SIMD2(Double(index % source.size.width), Double(index / source.size.width))
      weight += change
    }
    return sum / max(weight, 1)
  }

  static func rgba(_ frame: Frame) -> RGBAImage {
    var image = RGBAImage(size: frame.size)
    for pixel in 0..<frame.size.pixelCount {
      for channel in 0..<3 {
        image.pixels[4 * pixel + channel] = UInt8((UInt32(frame.pixels[3 * pixel + channel]) + 128) / 257)
      }
      image.pixels[4 * pixel + 3] = 255
    }
    return image
  }
}

func psnr(_ a: Frame, _ b: Frame, at pixels: [Int]) -> Double {
  var sum = 0.0
  for pixel in pixels {
    for channel in 0..<3 {
      let difference = (Double(a.pixels[3 * pixel + channel]) - Double(b.pixels[3 * pixel + channel])) / 65535
      sum += difference * difference
    }
  }
  return -10 * log10(max(sum / Double(3 * max(1, pixels.count)), 1e-12))
}

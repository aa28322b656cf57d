import Decomposition
import Media
import SyntheticScenes
import Testing

@testable import Session

/// The errors against a known scene, and what longer training does to them.
@Suite struct TruthErrorsTests {
  private static let scene: SyntheticScene = {
    var configuration = SceneConfiguration()
    configuration.size = PixelSize(width: 128, height: 80)
    configuration.frameCount = 6
    return SceneGenerator.make(configuration)
  }()

  /// A constant factor between texture and light is not an error; a wrong light, texture or opacity is.
  @Test func onlyWhatAClipTellsCounts() throws {
    let scene = Self.scene
    let clip = try BenchModel.clip(scene)
    let trainer = try Trainer(clip: clip, configuration: .preset(.fast, for: clip.geometry.size), seed: 1)
    let renderer = Renderer(model: trainer.model)
    let frames = scene.clip.frames.indices.map { renderer.frame($0) }
    fill(frames, scene) { _, _ in 1 }
    for layer in 0..<2 {
      let exact = try TruthErrors(frames, scene: scene, layer: layer, pixelsPerUV: 1, spacing: 2)
      #expect(exact.colour < 0.02 && exact.light < 0.004 && exact.drift < 0.05 && exact.opacity < 1e-6, "\(exact)")
    }
    let exact = try TruthErrors(frames, scene: scene, layer: 1, pixelsPerUV: 1, spacing: 2)
    fill(frames, scene) { _, _ in 1.25 }
    let scaled = try TruthErrors(frames, scene: scene, layer: 1, pixelsPerUV: 1, spacing: 2)
    #expect(abs(scaled.colour - exact.colour) < 1e-5 && abs(scaled.light - exact.light) < 1e-5, "\(scaled)")
    fill(frames, scene) { _, frame in frame.isMultiple(of: 2) ? 1.1 : 0.9 }
    let flickering = try TruthErrors(frames, scene: scene, layer: 1, pixelsPerUV: 1, spacing: 2)
    #expect(flickering.light > exact.light + 0.05, "\(flickering)")
    for frame in frames { for m in 0..<frame.size.pixelCount { frame.layers[0].alpha[0][m] = 0 } }
    #expect(try TruthErrors(frames, scene: scene, layer: 0, pixelsPerUV: 1, spacing: 2).opacity > 0.02)
  }

  /// Sixteen times the training brings textures and light of both layers closer. Opacity begins with the masks, is good at
  /// once, and must not run away as it did (.0054 here) while masks had hard edges.
  @Test func longerTrainingComesCloserToTheTruth() throws {
    let scene = Self.scene
    let clip = try BenchModel.clip(scene)
    let runs = try [60, 960].map { iterations in
      var configuration = DecompositionConfiguration.preset(.fast, for: clip.geometry.size)
      configuration.training.sampling.batchPoints = 1500
      let trainer = try Trainer(clip: clip, configuration: configuration, seed: 1)
      _ = try trainer.train(budget: .iterations(iterations))
      let renderer = Renderer(model: trainer.model)
      let frames = scene.clip.frames.indices.map { renderer.frame($0) }
      return try (0..<2).map {
        try TruthErrors(frames, scene: scene, layer: $0, pixelsPerUV: trainer.model.pixelsPerUV(layer: $0), spacing: 2)
      }
    }
    for (short, long) in zip(runs[0], runs[1]) {
      #expect(long.colour < short.colour && long.light < short.light && long.opacity < 0.004, "\(runs)")
    }
    #expect(runs[1][1].light < 0.8 * runs[0][1].light, "\(runs)")
  }

  /// Writes the truth into rendered frames, the light times `factor(layer, frame)` and the texture divided by it.
  private func fill(_ frames: [RenderedFrame], _ scene: SyntheticScene, factor: (Int, Int) -> Double) {
    for (index, frame) in frames.enumerated() {
      for layer in scene.layers.indices {
        let (alpha, light) = (scene.alpha(layer: layer, frame: index), scene.light(layer: layer, frame: index))
        let factor = factor(layer, index)
        for m in 0..<frame.size.pixelCount {
          let pixel = SIMD2(Double(m % frame.size.width), Double(m / frame.size.width))
          let place = scene.layers[layer].layerPoint(pixel, frame: index)
          frame.layers[layer].alpha[0][m] = alpha[m]
          for axis in 0..<2 { frame.layers[layer].uv[axis][m] = Float(place[axis]) }
          let colour = scene.layers[layer].colour(at: place)
          for channel in 0..<3 {
            frame.layers[layer].texture[channel][m] = Float(colour[channel] / factor)
            frame.layers[layer].residual[channel][m] = Float(Double(light[m]) * factor)
          }
        }
      }
    }
  }
}

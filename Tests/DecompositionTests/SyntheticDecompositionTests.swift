import Foundation
import Media
import SyntheticScenes
import Testing

@testable import Decomposition

/// The whole method on a scene whose layers are known: does it find them?
@Suite struct SyntheticDecompositionTests {
  @Test func findsTheLayersOfAKnownScene() throws {
    let (clip, scene) = try makeClip(width: 128, height: 80, frames: 6)
    var configuration = DecompositionConfiguration.preset(.fast)
    configuration.model.mappingWidth = 64
    configuration.training.sampling.batchPoints = 2000
    let trainer = try Trainer(clip: clip, configuration: configuration, seed: 1)
    _ = try trainer.train(budget: .iterations(500))

    let renderer = Renderer(model: trainer.model)
    let quality = try Evaluation.measure(renderer, clip: clip)
    #expect(quality.psnr > 30, "\(quality)")
    #expect(quality.psnrWithoutResiduals > 27, "\(quality)")
    #expect(quality.maskIoU["foreground"] ?? 0 > 0.95, "\(quality)")
    #expect(quality.flowConsistencyPixels < 0.3, "\(quality)")

    let errors = TruthErrors(renderer, scene: scene)
    #expect(errors.colour < 0.05 && errors.light < 0.1 && errors.alpha < 0.03, "\(errors)")
  }
}

/// Mean absolute errors of a decomposition against the scene that it was made from, in one frame: the background's
/// colour and light where it alone is seen, and the foreground's opacity.
private struct TruthErrors {
  let colour: Double
  let light: Double
  let alpha: Double

  init(_ renderer: Renderer, scene: SyntheticScene, frame: Int = 3) {
    let rendered = renderer.frame(frame)
    let background = rendered.layers[1]
    let truth = scene.layers[1]
    let light = scene.light(layer: 1, frame: frame)
    let (alpha, object) = (scene.alpha(layer: 1, frame: frame), scene.alpha(layer: 0, frame: frame))
    var (colourError, lightError, alphaError, count): (Double, Double, Double, Double) = (0, 0, 0, 0)
    for m in 0..<scene.clip.size.pixelCount {
      alphaError += abs(Double(rendered.layers[0].alpha[0][m] - object[m]))
      guard alpha[m] > 0.99 else { continue }
      let pixel = SIMD2(Double(m % scene.clip.size.width), Double(m / scene.clip.size.width))
      let colour = truth.colour(at: truth.layerPoint(pixel, frame: frame))
      for channel in 0..<3 {
        colourError += abs(Double(background.texture[channel][m]) - colour[channel]) / 3
        lightError += abs(Double(background.residual[channel][m] - light[m])) / 3
      }
      count += 1
    }
    self.colour = colourError / count
    self.light = lightError / count
    self.alpha = alphaError / Double(scene.clip.size.pixelCount)
  }
}

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

    // The background where it alone is seen: its texture is the scene's own colour, its light the scene's light.
    let frame = 3
    let rendered = renderer.frame(frame).layers[1]
    let truth = scene.layers[1]
    let light = scene.light(layer: 1, frame: frame)
    let alpha = scene.alpha(layer: 1, frame: frame)
    var (colourError, lightError, count): (Double, Double, Double) = (0, 0, 0)
    for m in 0..<scene.clip.size.pixelCount where alpha[m] > 0.99 {
      let pixel = SIMD2(Double(m % scene.clip.size.width), Double(m / scene.clip.size.width))
      let colour = truth.colour(at: truth.layerPoint(pixel, frame: frame))
      for channel in 0..<3 {
        colourError += abs(Double(rendered.texture[channel][m]) - colour[channel]) / 3
        lightError += abs(Double(rendered.residual[channel][m] - light[m])) / 3
      }
      count += 1
    }
    #expect(colourError / count < 0.05, "mean colour error \(colourError / count)")
    #expect(lightError / count < 0.1, "mean light error \(lightError / count)")
  }
}

import Foundation
import Media
import SyntheticScenes
import Testing

@testable import Decomposition

/// The whole method on a scene whose layers are known: does it find them?
@Suite struct SyntheticDecompositionTests {
  @Test func findsTheLayersOfAKnownScene() throws {
    let (clip, _) = try makeClip(width: 128, height: 80, frames: 6)
    var configuration = DecompositionConfiguration.preset(.fast, for: clip.geometry.size)
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
  }
}

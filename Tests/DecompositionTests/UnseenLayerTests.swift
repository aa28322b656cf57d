import Foundation
import Media
import NeuralField
import Testing

@testable import Decomposition

/// Leaving out layers where they cannot be seen must not change a picture.
@Suite struct UnseenLayerTests {
  /// A model whose foreground is opaque in some places, absent in others: alpha's output layer times 60.
  private func model() throws -> NVDModel {
    let trainer = try Trainer(clip: makeClip().clip, configuration: .tiny(.fast), seed: 1, threads: 2)
    _ = try trainer.train(budget: .iterations(80))
    for layer in trainer.model.alpha.layers.suffix(1) {
      for index in layer.weight.range { trainer.model.parameters[index] *= 60 }
      for index in layer.bias?.range ?? 0..<0 { trainer.model.parameters[index] *= 60 }
    }
    return trainer.model
  }

  @Test func picturesStayWithinHalfAnEightBitStep() throws {
    let model = try model()
    let (all, seen) = (Renderer(model: model, threads: 2, unseen: -1), Renderer(model: model, threads: 2))
    var (skipped, largest) = (0, Float(0))
    var reused: RenderedFrame?
    for index in 0..<model.geometry.frameCount {
      let (full, sparse) = (all.frame(index), seen.frame(index, reusing: reused))
      for m in 0..<full.size.pixelCount {
        for channel in 0..<3 {
          largest = max(
            largest, abs(full.reconstruction[channel][m] - sparse.reconstruction[channel][m]),
            abs(full.withoutResiduals[channel][m] - sparse.withoutResiduals[channel][m]))
        }
        for (a, b) in zip(full.layers, sparse.layers) {
          #expect(a.alpha[0][m] == b.alpha[0][m])
          if b.alpha[0][m] <= PointEvaluator.unseenOpacity {
            skipped += 1
            #expect(b.uv[0][m] == 0 && b.texture[1][m] == 0 && b.residual[2][m] == 1)
          } else {
            #expect(a.uv[0][m] == b.uv[0][m] && a.uv[1][m] == b.uv[1][m])
            #expect(abs(a.texture[0][m] - b.texture[0][m]) < 1e-6)
            #expect(abs(a.residual[2][m] - b.residual[2][m]) < 1e-6)
          }
        }
      }
      reused = sparse
    }
    #expect(skipped > 500, "only \(skipped) places were left out: the test shows nothing")
    #expect(largest < 0.5 / 255, "a colour changed by \(largest)")
  }
}

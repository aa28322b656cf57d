import Dispatch
import Foundation
import Media
import Testing

@testable import Decomposition

@Suite struct RendererTests {
  /// One renderer serves several threads: frames wait for each other and are right.
  @Test func severalThreadsShareARenderer() throws {
    let clip = try makeClip(width: 96, height: 64).clip
    let trainer = try Trainer(clip: clip, configuration: .tiny(.fast), seed: 1, threads: 2)
    _ = try trainer.train(budget: .iterations(20))
    let renderer = Renderer(model: trainer.model, threads: 2)
    let expected = clip.frames.indices.map { index in
      let frame = renderer.frame(index)
      return frame.image(frame.reconstruction)
    }
    let wrong = Wrong()
    DispatchQueue.concurrentPerform(iterations: 24) { turn in
      let frame = renderer.frame(turn % expected.count)
      if frame.image(frame.reconstruction) != expected[turn % expected.count] { wrong.add() }
    }
    #expect(wrong.count == 0)
  }

  private func trained() throws -> (model: NVDModel, clip: TrainingClip) {
    let clip = try makeClip().clip
    let trainer = try Trainer(clip: clip, configuration: .tiny(.fast), seed: 1, threads: 2)
    _ = try trainer.train(budget: .iterations(60))
    return (trainer.model, clip)
  }

  /// The middle of three by five pixels is where the one pixel was.
  @Test func framesOfAnotherSizeShowTheSame() throws {
    let (model, clip) = try trained()
    let size = clip.geometry.size
    let large = PixelSize(width: 3 * size.width, height: 5 * size.height)
    let (frame, enlarged) = (Renderer(model: model).frame(1), Renderer(model: model, size: large).frame(1))
    #expect(enlarged.size == large && frame.size == size)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let (m, n) = (y * size.width + x, (5 * y + 2) * large.width + 3 * x + 1)
        for channel in 0..<3 {
          #expect(abs(frame.reconstruction[channel][m] - enlarged.reconstruction[channel][n]) < 1e-3)
        }
        for (layer, other) in zip(frame.layers, enlarged.layers) {
          #expect(abs(layer.alpha[0][m] - other.alpha[0][n]) < 1e-3)
        }
      }
    }
    #expect(
      Renderer(model: model, size: size).frame(1).image(frame.reconstruction) == frame.image(frame.reconstruction))
  }

  @Test func editsOfAnotherSizeChangeTheSame() throws {
    let (model, clip) = try trained()
    let size = clip.geometry.size
    let large = PixelSize(width: 3 * size.width, height: 3 * size.height)
    var paint = RGBAImage(size: PixelSize(width: 64, height: 64))
    for texel in 0..<paint.size.pixelCount where texel % 64 < 32 {
      for (channel, value) in [200, 40, 90, 255].enumerated() { paint.pixels[4 * texel + channel] = UInt8(value) }
    }
    let source = clip.frames[2]
    var enlarged = Frame(size: large)
    for pixel in 0..<large.pixelCount {
      let place = pixel / large.width / 3 * size.width + pixel % large.width / 3
      for channel in 0..<3 { enlarged.pixels[3 * pixel + channel] = source.pixels[3 * place + channel] }
    }
    func edited(_ renderer: Renderer, _ source: Frame) throws -> Frame {
      try EditRenderer(renderer: renderer, edits: ["background": paint]).frame(2, source: source)
    }
    let (small, output) = (
      try edited(Renderer(model: model), source), try edited(Renderer(model: model, size: large), enlarged)
    )
    #expect(small != source)
    for pixel in 0..<size.pixelCount {
      let place = (3 * (pixel / size.width) + 1) * large.width + 3 * (pixel % size.width) + 1
      for channel in 0..<3 {
        #expect(abs(Int(small.pixels[3 * pixel + channel]) - Int(output.pixels[3 * place + channel])) < 100)
      }
    }
  }

  @Test func whatMeasuresFramesRefusesOtherSizes() throws {
    let (model, clip) = try trained()
    let large = Renderer(model: model, size: PixelSize(width: 96, height: 64))
    #expect(throws: DecompositionError.self) { try Evaluation.measure(large, clip: clip) }
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).bin")
    #expect(throws: DecompositionError.self) { try large.writeLayerMaps(to: url) }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }

  private final class Wrong: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var count = 0

    func add() { lock.withLock { count += 1 } }
  }
}

import Foundation
import Media
import Testing

@testable import Decomposition

@Suite struct EditRendererTests {
  private func rendered() throws -> (renderer: Renderer, clip: TrainingClip) {
    let clip = try makeClip().clip
    let trainer = try Trainer(clip: clip, configuration: .tiny(.fast), seed: 1, threads: 2)
    _ = try trainer.train(budget: .iterations(60))
    return (Renderer(model: trainer.model, threads: 2), clip)
  }

  private let size = PixelSize(width: 96, height: 96)

  @Test func anUntouchedTextureReturnsTheSource() throws {
    let (renderer, clip) = try rendered()
    let edit = try renderer.texture(layer: "background", size: size)
    let editor = try EditRenderer(renderer: renderer, edits: ["background": edit])
    #expect(!editor.changesAnything)
    #expect(editor.frame(1, source: clip.frames[1]) == clip.frames[1])
  }

  @Test func transparentPaintChangesNothing() throws {
    let (renderer, clip) = try rendered()
    let paint = RGBAImage(size: size, pixels: [UInt8](repeating: 0, count: 4 * size.pixelCount))
    let editor = try EditRenderer(renderer: renderer, edits: ["foreground": paint])
    #expect(editor.frame(0, source: clip.frames[0]) == clip.frames[0])
  }

  /// A texel block painted red: pixels that land on it get alpha * residual * (edit - texture), all others stay.
  @Test func paintFollowsTheFormula() throws {
    let (renderer, clip) = try rendered()
    var paint = RGBAImage(size: size, pixels: [UInt8](repeating: 0, count: 4 * size.pixelCount))
    for y in 30..<50 {
      for x in 40..<60 {
        for (channel, value) in [UInt8(255), 0, 0, 255].enumerated() {
          paint.pixels[4 * (y * size.width + x) + channel] = value
        }
      }
    }
    let editor = try EditRenderer(renderer: renderer, edits: ["background": paint])
    let texture = try renderer.texture(layer: "background", size: size)
    let source = clip.frames[2]
    let output = editor.frame(2, source: source)
    let frame = renderer.frame(2)
    let layer = frame.layers[1]
    var (inside, outside) = (0, 0)
    for m in 0..<source.size.pixelCount {
      let x = (layer.uv[0][m] * 0.5 + 0.5) * 96 - 0.5
      let y = (layer.uv[1][m] * 0.5 + 0.5) * 96 - 0.5
      if x > 40, x < 59, y > 30, y < 49 {
        inside += 1
        let (x0, y0) = (Int(x), Int(y))
        for channel in 0..<3 {
          var change: Float = 0
          for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let texel = 4 * ((y0 + dy) * 96 + x0 + dx) + channel
            let weight =
              (dx == 1 ? x - Float(x0) : 1 - (x - Float(x0))) * (dy == 1 ? y - Float(y0) : 1 - (y - Float(y0)))
            change += weight * (Float(channel == 0 ? 255 : 0) - Float(texture.pixels[texel])) / 255
          }
          let wanted =
            Float(source.pixels[3 * m + channel]) + layer.alpha[0][m] * layer.residual[channel][m] * change * 65535
          #expect(abs(Float(output.pixels[3 * m + channel]) - min(max(wanted, 0), 65535)) < 8)
        }
      } else if x < 38 || x > 61 || y < 28 || y > 51 {
        outside += 1
        for channel in 0..<3 { #expect(output.pixels[3 * m + channel] == source.pixels[3 * m + channel]) }
      }
    }
    #expect(inside > 20 && outside > 100)
  }

  @Test func badEditsAreRefused() throws {
    let (renderer, _) = try rendered()
    let square = try renderer.texture(layer: "background", size: size)
    #expect(throws: DecompositionError.unknownLayer("sky", known: ["foreground", "background"])) {
      try EditRenderer(renderer: renderer, edits: ["sky": square])
    }
    let wide = RGBAImage(
      size: PixelSize(width: 20, height: 10), pixels: [UInt8](repeating: 0, count: 800))
    #expect(throws: DecompositionError.self) { try EditRenderer(renderer: renderer, edits: ["background": wide]) }
  }

  @Test func coverageMarksWhatTheClipShows() throws {
    let (renderer, _) = try rendered()
    let texture = try renderer.texture(layer: "background", size: size)
    // The background's scale is 0.6: its middle is seen, the corners of the texture never.
    #expect(texture.pixels[4 * (35 * 96 + 20) + 3] > 100)
    #expect(texture.pixels[3] == 0)
    #expect(texture.pixels[4 * (95 * 96 + 95) + 3] == 0)
  }
}

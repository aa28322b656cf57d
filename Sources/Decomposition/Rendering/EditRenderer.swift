import Foundation
import Media
import NeuralField

/// Renders edited textures back into the video:
///
/// `output = source + sum_i alpha_i * residual_i * (edited_i - texture_i)`, with edited and original texture sampled
/// bilinearly at the layer's uv.
///
/// An edit is an RGBA picture of any size over [-1, 1]^2. It is composited over the original texture by its own alpha, so
/// a painted-over `texture.png` and a transparent picture with only the paint both work. Pixels where no edited texel
/// comes in keep their source value bit for bit.
public struct EditRenderer: Sendable {
  private let renderer: Renderer
  private let changes: [(layer: Int, change: TextureChange)]

  /// - Parameter edits: layer name -> picture.
  /// - Throws: `DecompositionError.unknownLayer`, or `.unsuitable` for a picture that is not square: textures are.
  public init(renderer: Renderer, edits: [String: RGBAImage]) throws {
    self.renderer = renderer
    changes = try edits.sorted { $0.key < $1.key }.map { name, edit in
      let index = try renderer.model.index(ofLayer: name)
      guard edit.size.width == edit.size.height else {
        throw DecompositionError.unsuitable(
          "the edit of \"\(name)\" is \(edit.size); textures are square, export and paint on texture.png as it is")
      }
      let original = renderer.textureImage(layer: index, size: edit.size)
      return (index, TextureChange(original: original, edit: edit))
    }
  }

  /// Whether any texel differs from the original.
  public var changesAnything: Bool { changes.contains { !$0.change.isEmpty } }

  /// The edited frame.
  /// - Precondition: `source` is frame `frame` of the clip, in the model's size.
  public func frame(_ frame: Int, source: Frame) -> Frame {
    precondition(source.size == renderer.model.geometry.size, "\(source.size) is not \(renderer.model.geometry.size)")
    guard changesAnything else { return source }
    let rendered = renderer.render(frame, parts: [.alpha, .residual])
    var output = source
    output.pixels.withUnsafeMutableBufferPointer { pixels in
      let target = SharedPixels(pixels: pixels)
      let rows = source.size.height
      renderer.evaluator.runner.run { lane in
        let lanes = renderer.evaluator.runner.lanes
        for y in (rows * lane / lanes)..<(rows * (lane + 1) / lanes) {
          for x in 0..<source.size.width { apply(rendered, pixel: y * source.size.width + x, to: target) }
        }
      }
    }
    return output
  }

  private func apply(_ rendered: RenderedFrame, pixel: Int, to target: SharedPixels) {
    var sum: (Float, Float, Float) = (0, 0, 0)
    var touched = false
    for (index, change) in changes {
      let layer = rendered.layers[index]
      guard let colour = change.sample(u: layer.uv[0][pixel], v: layer.uv[1][pixel]) else { continue }
      touched = true
      let alpha = layer.alpha[0][pixel]
      sum.0 += alpha * layer.residual[0][pixel] * colour.0
      sum.1 += alpha * layer.residual[1][pixel] * colour.1
      sum.2 += alpha * layer.residual[2][pixel] * colour.2
    }
    guard touched else { return }
    target.add(sum.0, at: 3 * pixel)
    target.add(sum.1, at: 3 * pixel + 1)
    target.add(sum.2, at: 3 * pixel + 2)
  }
}

/// Pixels of one frame that lanes write at different places.
private struct SharedPixels: @unchecked Sendable {
  let pixels: UnsafeMutableBufferPointer<UInt16>

  /// Adds `value` (in [-1, 1]) to a channel, rounded and kept in range.
  func add(_ value: Float, at index: Int) {
    let sum = Float(pixels[index]) + value * 65535
    pixels[index] = UInt16(min(max(sum.rounded(), 0), 65535))
  }
}

/// The difference between an edited texture and the original one, texel by texel.
private struct TextureChange: Sendable {
  private let size: PixelSize
  /// R, G, B differences in [-1, 1], interleaved.
  private let difference: [Float]
  let isEmpty: Bool

  /// - Parameter original: R, G, B, A bytes, interleaved, of the size of `edit`.
  init(original: [UInt8], edit: RGBAImage) {
    size = edit.size
    var difference = [Float](repeating: 0, count: 3 * edit.size.pixelCount)
    var isEmpty = true
    for texel in 0..<edit.size.pixelCount {
      let opacity = Float(edit.pixels[4 * texel + 3]) / 255
      for channel in 0..<3 {
        let change = Int(edit.pixels[4 * texel + channel]) - Int(original[4 * texel + channel])
        if change != 0, opacity > 0 {
          difference[3 * texel + channel] = Float(change) / 255 * opacity
          isEmpty = false
        }
      }
    }
    self.difference = difference
    self.isEmpty = isEmpty
  }

  /// The bilinear difference at uv, or nil where the four texels around it are unchanged.
  func sample(u: Float, v: Float) -> (Float, Float, Float)? {
    let x = min(max((u * 0.5 + 0.5) * Float(size.width) - 0.5, 0), Float(size.width - 1))
    let y = min(max((v * 0.5 + 0.5) * Float(size.height) - 0.5, 0), Float(size.height - 1))
    let (x0, y0) = (Int(x), Int(y))
    let (x1, y1) = (min(x0 + 1, size.width - 1), min(y0 + 1, size.height - 1))
    let (fx, fy) = (x - Float(x0), y - Float(y0))
    return difference.withUnsafeBufferPointer { d in
      let corners = [y0 * size.width + x0, y0 * size.width + x1, y1 * size.width + x0, y1 * size.width + x1]
      func channel(_ c: Int) -> Float {
        (d[3 * corners[0] + c] * (1 - fx) + d[3 * corners[1] + c] * fx) * (1 - fy)
          + (d[3 * corners[2] + c] * (1 - fx) + d[3 * corners[3] + c] * fx) * fy
      }
      let changed = corners.contains { d[3 * $0] != 0 || d[3 * $0 + 1] != 0 || d[3 * $0 + 2] != 0 }
      return changed ? (channel(0), channel(1), channel(2)) : nil
    }
  }
}

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
  private let maps: LayerMapFile?
  private let changes: [(layer: Int, change: TextureChange)]

  /// Pixels that a lane finishes before it takes the next ones: what it adds up stays in the first-level cache.
  private static let blockPixels = 1024

  /// - Parameters:
  ///   - edits: layer name -> picture.
  ///   - maps: those of the renderer's model, for frames of its own size; without them the networks are evaluated for
  ///     every frame, to the same result.
  /// - Throws: `DecompositionError.unknownLayer`, or `.unsuitable` for a picture that is not square: textures are.
  public init(renderer: Renderer, edits: [String: RGBAImage], maps: LayerMapFile? = nil) throws {
    self.renderer = renderer
    self.maps = renderer.size == renderer.model.geometry.size ? maps : nil
    changes = try edits.sorted { $0.key < $1.key }.map { name, edit in
      let index = try renderer.model.index(ofLayer: name)
      guard edit.size.width == edit.size.height else {
        throw DecompositionError.unsuitable(
          "the edit of \"\(name)\" is \(edit.size); textures are square, export and paint on texture.png as it is")
      }
      let original = try renderer.texels(layer: name, size: edit.size, as: UInt8.self)
      return (index, TextureChange(original: original, edit: edit))
    }
  }

  /// Whether any texel differs from the original.
  public var changesAnything: Bool { changes.contains { !$0.change.isEmpty } }

  /// The edited frame.
  /// - Precondition: `source` is frame `frame` of the clip, in the renderer's size.
  public func frame(_ frame: Int, source: Frame) -> Frame {
    precondition(source.size == renderer.size, "\(source.size) is not \(renderer.size)")
    guard changesAnything else { return source }
    let maps = maps(of: frame)
    let (runner, kernels) = (renderer.evaluator.runner, renderer.evaluator.kernels)
    var output = source
    let count = source.size.pixelCount
    output.pixels.withUnsafeMutableBufferPointer { pixels in
      let target = SharedPixels(pixels: pixels)
      runner.run { lane in
        var sum = [Float](repeating: 0, count: 4 * Self.blockPixels)
        for start in stride(from: lane * Self.blockPixels, to: count, by: runner.lanes * Self.blockPixels) {
          let range = start..<min(start + Self.blockPixels, count)
          sum.withUnsafeMutableBufferPointer { sum in
            guard let base = sum.baseAddress else { return }
            base.update(repeating: 0, count: 4 * range.count)
            for (map, edit) in zip(maps, changes) { map.add(edit.change, to: base, range: range, kernels: kernels) }
            target.add(base, from: source, range: range, kernels: kernels)
          }
        }
      }
    }
    return output
  }

  /// The maps of the edited layers, kept or worked out.
  private func maps(of frame: Int) -> [LayerMap] {
    let kept = changes.compactMap { maps?.map(frame: frame, layer: $0.layer) }
    if kept.count == changes.count { return kept }
    let rendered = renderer.render(frame, parts: [.alpha, .residual])
    return changes.map { LayerMap(rendered, layer: $0.layer) }
  }
}

/// Pixels of one frame that lanes write at different places.
private struct SharedPixels: @unchecked Sendable {
  let pixels: UnsafeMutableBufferPointer<UInt16>

  /// Writes `source + sum` to the pixels of `range`.
  func add(_ sum: UnsafePointer<Float>, from source: Frame, range: Range<Int>, kernels: Kernels) {
    source.pixels.withUnsafeBufferPointer { source in
      guard let from = source.baseAddress, let to = pixels.baseAddress else { return }
      let offset = 3 * range.lowerBound
      kernels.applyEdit(count: range.count, sum: sum, source: from + offset, output: to + offset)
    }
  }
}

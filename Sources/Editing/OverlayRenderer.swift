import Decomposition
import Foundation
import Media

/// Draws overlays into frames.
///
/// With the overlay's colour C and opacity a at a pixel, the summed opacity o of the layers that cover it, and B what lies
/// behind it: `output = frame + (1 - o) a (C - B)`. Where nothing covers it B is the frame; else what the model has
/// behind the covering layers, brought to the frame by the model's error there.
public struct OverlayRenderer: Sendable {
  private let pieces: [Piece]

  private struct Piece: Sendable {
    let sticker: Sticker
    let layer: Int
    /// Layers before this place cover it.
    let covering: Int
    let isLit: Bool
    /// uv of the picture's middle, and uv to pixels of the picture.
    let anchor: SIMD2<Double>
    let toSticker: Matrix2
  }

  /// - Throws: `EditingError` where an overlay's place is not in the clip, its layer is not seen where it is to be put,
  ///   or nothing can be seen behind the layer that shall cover it; `DecompositionError.unknownLayer`.
  public init(_ overlays: [Overlay], renderer: Renderer) throws {
    pieces = try overlays.map { try Self.piece($0, renderer) }
  }

  public var isEmpty: Bool { pieces.isEmpty }

  /// A frame with the overlays in it, the later ones over the earlier.
  /// - Parameters:
  ///   - rendered: the model's frame.
  ///   - frame: the clip's own, or an edited one, of the same number.
  /// - Returns: also whether any overlay is seen in it.
  public func draw(_ rendered: RenderedFrame, onto frame: Frame) -> (frame: Frame, isSeen: Bool) {
    var (frame, isSeen) = (frame, false)
    for piece in pieces { isSeen = Self.draw(piece, rendered, onto: &frame) || isSeen }
    return (frame, isSeen)
  }

  // MARK: - Placing

  private static func piece(_ overlay: Overlay, _ renderer: Renderer) throws -> Piece {
    let layer = try renderer.model.index(ofLayer: overlay.layer)
    let covering = try overlay.behind.map { try renderer.model.index(ofLayer: $0) + 1 } ?? layer
    guard covering < renderer.model.layerCount else { throw EditingError.nothingBehind(layer: overlay.behind ?? "") }
    let (anchor, linear) = try anchor(of: overlay, layer, renderer)
    let angle = overlay.rotation * .pi / 180
    let turn = Matrix2(
      overlay.scale * cos(angle), -overlay.scale * sin(angle), overlay.scale * sin(angle), overlay.scale * cos(angle))
    guard let toSticker = (linear * turn).inverse else {
      throw EditingError.overlayWithoutLayer(layer: overlay.layer, frame: 0)
    }
    return Piece(
      sticker: Sticker(overlay.image), layer: layer, covering: covering, isLit: overlay.isLit, anchor: anchor,
      toSticker: toSticker)
  }

  /// uv of the overlay's middle, and uv a pixel there.
  private static func anchor(
    of overlay: Overlay, _ layer: Int, _ renderer: Renderer
  ) throws -> (SIMD2<Double>, Matrix2) {
    let geometry = renderer.model.geometry
    func mapping(_ index: Int) throws -> (ExtendedMapping, RenderedFrame) {
      let frame = renderer.frame(index)
      guard let mapping = ExtendedMapping(frame, layer: layer) else {
        throw EditingError.overlayWithoutLayer(layer: overlay.layer, frame: index)
      }
      return (mapping, frame)
    }
    switch overlay.place {
    case .frame(let index, let x, let y):
      guard (0..<geometry.frameCount).contains(index) else {
        throw EditingError.frameOutside(index, available: geometry.frameCount)
      }
      guard x >= 0, y >= 0, x <= Double(geometry.size.width - 1), y <= Double(geometry.size.height - 1) else {
        throw EditingError.placeOutside(x: x, y: y, size: geometry.size)
      }
      let (mapping, _) = try mapping(index)
      return (mapping.place(x: x, y: y), mapping.linear)
    case .texture(let u, let v):
      let (mapping, _) = try mapping(geometry.frameCount / 2)
      let pixel = abs(mapping.linear.determinant).squareRoot()
      return (SIMD2(2 * u - 1, 2 * v - 1), Matrix2(pixel, 0, 0, pixel))
    case .middle:
      let (mapping, frame) = try mapping(geometry.frameCount / 2)
      var (sum, weight) = (SIMD2(0.0, 0.0), 0.0)
      for pixel in 0..<frame.size.pixelCount {
        let alpha = Double(frame.layers[layer].alpha[0][pixel])
        sum += alpha * SIMD2(Double(pixel % frame.size.width), Double(pixel / frame.size.width))
        weight += alpha
      }
      return (mapping.place(x: sum.x / weight, y: sum.y / weight), mapping.linear)
    }
  }

  // MARK: - Drawing

  private static func draw(_ piece: Piece, _ rendered: RenderedFrame, onto frame: inout Frame) -> Bool {
    guard let mapping = ExtendedMapping(rendered, layer: piece.layer) else { return false }
    let light = piece.isLit ? self.light(of: piece.layer, rendered) : nil
    let (width, height) = (rendered.size.width, rendered.size.height)
    let middle = SIMD2(Float(piece.sticker.size.width - 1), Float(piece.sticker.size.height - 1)) / 2
    let m = piece.toSticker
    func place(_ pixel: Int) -> SIMD2<Float> {
      let q = m * (SIMD2(Double(mapping.u[pixel]), Double(mapping.v[pixel])) - piece.anchor)
      return SIMD2(Float(q.x), Float(q.y)) + middle
    }
    let reach = SIMD2(Float(piece.sticker.size.width), Float(piece.sticker.size.height))
    var isSeen = false
    for y in 0..<height {
      for x in 0..<width {
        let pixel = y * width + x
        let q = place(pixel)
        // The picture's own pixels, and a margin for what is averaged.
        guard q.x > -2 - reach.x, q.y > -2 - reach.y, q.x < 2 * reach.x + 2, q.y < 2 * reach.y + 2 else { continue }
        let alongX = place(x + 1 < width ? pixel + 1 : pixel - 1) - q
        let alongY = place(y + 1 < height ? pixel + width : pixel - width) - q
        let footprint = max((alongX * alongX).sum(), (alongY * alongY).sum()).squareRoot()
        let colour = piece.sticker.sample(x: q.x, y: q.y, footprint: footprint)
        guard colour.w > 0 else { continue }
        let covered = (0..<piece.covering).reduce(Float(0)) { $0 + rendered.layers[$1].alpha[0][pixel] }
        let open = 1 - min(1, covered)
        guard open > 1 / 512 else { continue }
        isSeen = true
        for channel in 0..<3 {
          let own = Float(frame.pixels[3 * pixel + channel]) / 65535
          let back = covered > 1 / 512 ? behind(piece.covering, rendered, pixel, channel, own, open) : own
          let lit = colour[channel] * (light?[channel][pixel] ?? 1)
          let value = own + open * (lit - colour.w * back)
          frame.pixels[3 * pixel + channel] = UInt16(min(max(value, 0), 1) * 65535 + 0.5)
        }
      }
    }
    return isSeen
  }

  /// What the frame shows behind the layers that cover an overlay.
  private static func behind(
    _ covering: Int, _ rendered: RenderedFrame, _ pixel: Int, _ channel: Int, _ own: Float, _ open: Float
  ) -> Float {
    let sum = (covering..<rendered.layers.count).reduce(Float(0)) { sum, index in
      let layer = rendered.layers[index]
      return sum + layer.alpha[0][pixel] * layer.texture[channel][pixel] * layer.residual[channel][pixel]
    }
    return min(max(sum / open + own - rendered.reconstruction[channel][pixel], 0), 1)
  }

  /// The light of a layer, continued beyond its outline.
  private static func light(of layer: Int, _ rendered: RenderedFrame) -> [[Float]] {
    let (layer, count) = (rendered.layers[layer], rendered.size.pixelCount)
    let weights = (0..<count).map { layer.alpha[0][$0] > 0.5 ? 1 : 0 as Float }
    return (0..<3).map { channel in
      let values = Array(UnsafeBufferPointer(start: layer.residual[channel], count: count))
      return PullPush.filled(values, weights: weights, size: rendered.size)
    }
  }
}

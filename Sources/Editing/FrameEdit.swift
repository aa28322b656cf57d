import Decomposition
import Media

/// A painted frame, carried into the textures: each changed pixel into that of the layer that owns it, so that the
/// change shows in the whole clip.
///
/// Rendering an edit adds `alpha R (edited - texture)` to a pixel; so a change D of it asks for a change `D / (alpha R)`
/// of the texture at its uv. The changed pixels' mesh is rasterised into the texture with these values.
public struct FrameEdit: Sendable {
  /// What became of the changes of one layer.
  public struct Report: Equatable, Sendable {
    public var layer: String
    /// Changed pixels that this layer owns.
    public var pixels = 0
    /// Texels that were painted.
    public var texels = 0
    /// Triangles left out because the mapping folds or tears there.
    public var folds = 0
    /// Texels filled from their neighbours: holes, and a rim for clean sampling.
    public var filled = 0
  }

  /// One layer's share.
  public struct Paint: Sendable {
    public var layer: String
    /// An edit, as `EditRenderer` takes it.
    public var image: RGBAImage
    public var report: Report
  }

  /// Which frame, from 0.
  public let frame: Int
  /// The painted frame: of the clip's shape, at any size. Where it is transparent it changes nothing.
  public let painted: RGBAImage
  /// The layer that takes all changes; nil lets the owner of each pixel take it.
  public let onto: String?

  /// Smaller differences of an opaque picture are taken for rounding and compression.
  private static let noise: Float = 3 / 255
  /// A layer with less opacity than this cannot show a change.
  private static let leastAlpha: Float = 0.1
  private static let rim = 2

  /// - Throws: `EditingError.otherAspect` where the picture has not the clip's shape, `.frameOutside`.
  public init(frame: Int, painted: RGBAImage, onto: String? = nil, clip: PixelSize, frames: Int, path: String) throws {
    guard (0..<frames).contains(frame) else { throw EditingError.frameOutside(frame, available: frames) }
    let ratio = Double(painted.size.width * clip.height) / Double(painted.size.height * clip.width)
    guard abs(ratio - 1) < 0.01 else {
      throw EditingError.otherAspect(path: path, size: painted.size, clip: clip)
    }
    (self.frame, self.painted, self.onto) = (frame, painted, onto)
  }

  /// The paint for every layer that the frame edit touches.
  /// - Parameters:
  ///   - source: the frame as it was.
  ///   - side: of a layer's texture; nil chooses one that is finer than the frame.
  public func paint(renderer: Renderer, source: Frame, side: (String) -> Int?) throws -> [Paint] {
    let rendered = renderer.frame(frame)
    let change = try self.change(of: source)
    let only = try onto.map { try renderer.model.index(ofLayer: $0) }
    return try rendered.layers.indices.compactMap { index in
      if let only, only != index { return nil }
      let owned = change.isChanged.indices.filter { pixel in
        change.isChanged[pixel] && rendered.layers[index].alpha[0][pixel] >= Self.leastAlpha
          && (only == index || owner(pixel, rendered) == index)
      }
      guard !owned.isEmpty else { return nil }
      let name = rendered.layers[index].name
      let side = side(name) ?? Self.side(rendered, layer: index)
      return try paint(index, owned, change.values, rendered, renderer, side: side)
    }
  }

  private func owner(_ pixel: Int, _ rendered: RenderedFrame) -> Int? {
    rendered.layers.indices.max { rendered.layers[$0].alpha[0][pixel] < rendered.layers[$1].alpha[0][pixel] }
  }

  private func paint(
    _ index: Int, _ owned: [Int], _ change: [Float], _ rendered: RenderedFrame, _ renderer: Renderer, side: Int
  ) throws -> Paint {
    let (layer, width) = (rendered.layers[index], rendered.size.width)
    var values = [Float](repeating: 0, count: 3 * rendered.size.pixelCount)
    var isTouched = [Bool](repeating: false, count: rendered.size.pixelCount)
    for pixel in owned {
      let alpha = layer.alpha[0][pixel]
      for channel in 0..<3 {
        values[3 * pixel + channel] = change[3 * pixel + channel] / (alpha * max(0.1, layer.residual[channel][pixel]))
      }
      // The quads that this pixel is a corner of, by their first pixels.
      for first in [pixel, pixel - 1, pixel - width, pixel - width - 1] where first >= 0 { isTouched[first] = true }
    }
    var field = TexelField(side: side, channels: 3)
    let mesh = UVMesh(layer, size: rendered.size).rasterise(values, least: Self.leastAlpha, into: &field) {
      isTouched[$0]
    }
    var report = Report(layer: layer.name, pixels: owned.count, folds: mesh.folded + mesh.torn)
    report.filled = field.grow(rounds: Self.rim)
    let size = PixelSize(width: side, height: side)
    let texture = try renderer.deepColours(layer: layer.name, size: size)
    var image = RGBAImage(size: size)
    for texel in 0..<side * side where field.weights[texel] > 0 {
      let difference = (0..<3).map { field.mean(texel, $0) }
      guard difference.contains(where: { abs($0) > 1 / 512 }) else { continue }
      for channel in 0..<3 {
        let value = Float(texture[4 * texel + channel]) / 65535 + difference[channel]
        image.pixels[4 * texel + channel] = UInt8(min(max(value, 0), 1) * 255 + 0.5)
      }
      image.pixels[4 * texel + 3] = 255
      report.texels += 1
    }
    return Paint(layer: layer.name, image: image, report: report)
  }

  /// One and a half texels a pixel, in eights.
  static func side(_ rendered: RenderedFrame, layer: Int) -> Int {
    guard let mapping = ExtendedMapping(rendered, layer: layer) else { return 1000 }
    let pixel = abs(mapping.linear.determinant).squareRoot()
    return min(max(Int(3 / max(pixel, 1e-6)) / 8 * 8, 256), 4096)
  }

  /// Per pixel and channel how much the paint changes the frame, in [-1, 1], and which pixels it changes.
  private func change(of source: Frame) throws -> (values: [Float], isChanged: [Bool]) {
    let isOpaque = stride(from: 3, to: painted.pixels.count, by: 4).allSatisfy { painted.pixels[$0] == 255 }
    let (colour, alpha) = try scaled(to: source.size)
    var values = [Float](repeating: 0, count: source.pixels.count)
    var isChanged = [Bool](repeating: false, count: source.size.pixelCount)
    for pixel in isChanged.indices {
      let opacity = Float(alpha.pixels[3 * pixel]) / 65535
      guard opacity > 1 / 512 else { continue }
      var largest: Float = 0
      for channel in 0..<3 {
        let premultiplied = Float(colour.pixels[3 * pixel + channel]) / 65535
        let difference = premultiplied - opacity * Float(source.pixels[3 * pixel + channel]) / 65535
        values[3 * pixel + channel] = difference
        largest = max(largest, abs(difference))
      }
      isChanged[pixel] = isOpaque ? largest > Self.noise : largest > 0
    }
    // A frame that was scaled by another program differs a little everywhere.
    let isScaled = isOpaque && isChanged.lazy.filter { $0 }.count > isChanged.count / 20
    return (values, isScaled ? Self.withoutScaling(isChanged, values, source.size) : isChanged)
  }

  /// Those changes that are paint, not another way of scaling: scaling makes differences that cancel out among
  /// neighbours, paint shifts their mean.
  private static func withoutScaling(_ isChanged: [Bool], _ values: [Float], _ size: PixelSize) -> [Bool] {
    func around(_ pixel: Int) -> [Int] {
      let (x, y) = (pixel % size.width, pixel / size.width)
      return (max(0, y - 2)...min(size.height - 1, y + 2)).flatMap { row in
        (max(0, x - 2)...min(size.width - 1, x + 2)).map { row * size.width + $0 }
      }
    }
    let isShifted = isChanged.indices.map { pixel -> Bool in
      guard isChanged[pixel] else { return false }
      let near = around(pixel)
      return (0..<3).contains { channel in
        let sum = near.reduce(Float(0)) { $0 + values[3 * $1 + channel] }
        return abs(sum) / Float(near.count) > 3 * noise
      }
    }
    return isChanged.indices.map { pixel in isChanged[pixel] && around(pixel).contains { isShifted[$0] } }
  }

  /// Premultiplied colours and opacity (three times) at the clip's size.
  private func scaled(to size: PixelSize) throws -> (colour: Frame, alpha: Frame) {
    var (colour, alpha) = (Frame(size: painted.size), Frame(size: painted.size))
    for pixel in 0..<painted.size.pixelCount {
      let opacity = UInt32(painted.pixels[4 * pixel + 3])
      for channel in 0..<3 {
        let value = UInt32(painted.pixels[4 * pixel + channel]) * 257 * opacity
        colour.pixels[3 * pixel + channel] = UInt16((value + 127) / 255)
        alpha.pixels[3 * pixel + channel] = UInt16(opacity * 257)
      }
    }
    return (try colour.resized(to: size), try alpha.resized(to: size))
  }
}

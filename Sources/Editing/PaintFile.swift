import Exchange
import Foundation
import Media

/// An OpenRaster file with the textures of a project to paint on, and what was painted in it.
///
/// Each texture is a stack of three: "texture" (locked), "coverage" (hidden: dark where the clip never shows the texture)
/// and, on top, an empty "paint here". A file of one texture holds the three, a file of several a group a texture.
/// What counts as paint are all visible layers except locked ones and those two.
public struct PaintFile: Sendable {
  static let textureName = "texture"
  static let coverageName = "coverage"
  static let paintName = "paint here"

  private let file: OpenRasterFile
  private let path: String

  // MARK: - Writing

  /// Writes textures (RGBA, alpha = coverage, all of one size) into one file.
  /// - Throws: `MediaError`, `ExchangeError`.
  public static func write(_ textures: [(layer: String, image: RGBAImage)], to url: URL) throws {
    guard let front = textures.first else { return }
    let groups = textures.enumerated().map { index, texture in
      var group = OpenRasterLayer(name: texture.layer, content: .group(stack(for: texture.image)))
      // One texture at a time: they lie over each other.
      group.isVisible = index == 0
      return group
    }
    let layers = textures.count == 1 ? stack(for: front.image) : groups
    try OpenRasterWriter.write(layers, merged: front.image, to: url)
  }

  private static func stack(for texture: RGBAImage) -> [OpenRasterLayer] {
    let paint = OpenRasterLayer(name: paintName, content: .picture(RGBAImage(size: texture.size)))
    var veil = RGBAImage(size: texture.size)
    for index in stride(from: 3, to: veil.pixels.count, by: 4) { veil.pixels[index] = 255 - texture.pixels[index] }
    var coverage = OpenRasterLayer(name: coverageName, content: .picture(veil))
    (coverage.isVisible, coverage.isLocked, coverage.opacity) = (false, true, 0.75)
    var locked = OpenRasterLayer(name: textureName, content: .picture(texture))
    locked.isLocked = true
    return [paint, coverage, locked]
  }

  // MARK: - Reading

  /// - Throws: `MediaError`, `ExchangeError`, `EditingError.notSquare`.
  public init(contentsOf url: URL) throws {
    path = url.path
    file = try OpenRasterFile(contentsOf: url)
    guard file.size.width == file.size.height else { throw EditingError.notSquare(path: path, size: file.size) }
  }

  /// What was painted on the texture of `layer`: an edit, as `EditRenderer` takes it.
  ///
  /// - Parameters:
  ///   - layers: all of the project. A file with groups of these names holds several textures.
  ///   - texture: the unedited texture at a size; asked for only where a blend mode needs it.
  /// - Throws: `EditingError`, `ExchangeError`, `MediaError`.
  public func paint(
    for layer: String, among layers: [String], texture: (PixelSize) throws -> RGBAImage
  ) throws -> RGBAImage {
    let strokes = try strokes(in: stack(for: layer, among: layers), opacity: 1, x: 0, y: 0)
    guard strokes.allSatisfy({ $0.layer.blend == .normal }) else {
      return try painted(strokes, over: texture(file.size))
    }
    var canvas = Canvas(size: file.size)
    for stroke in strokes.reversed() {
      canvas.composite(try file.picture(of: stroke.layer), opacity: stroke.opacity, x: stroke.x, y: stroke.y)
    }
    return canvas.image
  }

  private func stack(for layer: String, among layers: [String]) throws -> [OpenRasterLayer] {
    let groups = file.layers.filter { item in
      if case .group = item.content { return layers.contains(item.name) }
      return false
    }
    guard !groups.isEmpty else { return file.layers }
    guard let group = groups.first(where: { $0.name == layer }), case .group(let inside) = group.content else {
      throw EditingError.noGroup(path: path, layer: layer, groups: groups.map(\.name))
    }
    return inside
  }

  /// A picture of paint with its place on the canvas.
  private struct Stroke {
    var layer: OpenRasterLayer
    var opacity: Float
    var x: Int
    var y: Int
  }

  /// The visible paint in a stack, topmost first, groups taken apart.
  private func strokes(in stack: [OpenRasterLayer], opacity: Float, x: Int, y: Int) throws -> [Stroke] {
    try stack.flatMap { item -> [Stroke] in
      let isOurs = [Self.textureName, Self.coverageName].contains(item.name)
      guard item.isVisible, !item.isLocked, !isOurs else { return [] }
      let (opacity, x, y) = (opacity * item.opacity, x + item.x, y + item.y)
      guard case .group(let inside) = item.content else {
        return [Stroke(layer: item, opacity: opacity, x: x, y: y)]
      }
      guard item.blend == .normal else { throw EditingError.groupBlend(path: path, group: item.name) }
      return try strokes(in: inside, opacity: opacity, x: x, y: y)
    }
  }

  /// The texture with the paint blended in, opaque where it changed, else transparent.
  private func painted(_ strokes: [Stroke], over texture: RGBAImage) throws -> RGBAImage {
    var opaque = texture
    for index in stride(from: 3, to: opaque.pixels.count, by: 4) { opaque.pixels[index] = 255 }
    var canvas = Canvas(opaque)
    for stroke in strokes.reversed() {
      let picture = try file.picture(of: stroke.layer)
      canvas.composite(picture, opacity: stroke.opacity, x: stroke.x, y: stroke.y, blend: stroke.layer.blend)
    }
    var result = canvas.image
    for start in stride(from: 0, to: result.pixels.count, by: 4) {
      let isSame = (start..<start + 3).allSatisfy { result.pixels[$0] == opaque.pixels[$0] }
      result.pixels[start + 3] = isSame ? 0 : 255
    }
    return result
  }
}

import Foundation
import Media

/// An OpenRaster file that was opened: its layers, and their pictures on demand, one at a time.
public struct OpenRasterFile: Sendable {
  /// The canvas.
  public let size: PixelSize
  /// Topmost first.
  public let layers: [OpenRasterLayer]
  private let archive: ZipArchive

  /// Sides of a canvas or layer beyond this are taken for damage.
  public static let largestSide = 8192
  private static let largestStack = 1 << 20
  private static let mostLayers = 512

  /// - Throws: `MediaError` where the file cannot be read; `ExchangeError.corrupt` where it is no OpenRaster file or
  ///   damaged, `.unsupported` where a layer uses a blend mode that is not known here.
  public init(contentsOf url: URL) throws {
    let path = url.path
    archive = try ZipArchive(contentsOf: url)
    guard archive.contains("stack.xml") else {
      throw ExchangeError.corrupt(path: path, detail: "it is a zip archive, but no OpenRaster file (no stack.xml)")
    }
    let text = try archive.content(of: "stack.xml", limit: Self.largestStack)
    let root: XMLElement
    do {
      root = try XMLScanner.root(of: Array(text))
    } catch let fault as XMLScanner.Fault {
      throw ExchangeError.corrupt(path: path, detail: "its stack.xml is damaged: \(fault.detail)")
    }
    guard root.name == "image", let stack = root.children.first(where: { $0.name == "stack" }),
      let width = root.attributes["w"].flatMap(Int.init), let height = root.attributes["h"].flatMap(Int.init)
    else { throw ExchangeError.corrupt(path: path, detail: "its stack.xml describes no picture") }
    guard (1...Self.largestSide).contains(width), (1...Self.largestSide).contains(height) else {
      throw ExchangeError.corrupt(
        path: path, detail: "its canvas is \(width)x\(height); up to \(Self.largestSide) a side are accepted")
    }
    size = PixelSize(width: width, height: height)
    var count = 0
    layers = try Self.layers(of: stack, path: path, count: &count)
  }

  /// The picture of a layer that came from this file.
  /// - Throws: `ExchangeError.corrupt`, `MediaError` where it is no PNG, or damaged.
  public func picture(of layer: OpenRasterLayer) throws -> RGBAImage {
    switch layer.content {
    case .picture(let picture): return picture
    case .group: throw ExchangeError.corrupt(path: archive.path, detail: "\(layer.name) is a group, not a picture")
    case .entry(let name):
      let data = try archive.content(of: name)
      guard let size = ImageFile.sizeOfPNG(data) else {
        throw ExchangeError.corrupt(path: archive.path, detail: "\(name) is no PNG picture")
      }
      guard size.longSide <= Self.largestSide else {
        throw ExchangeError.corrupt(path: archive.path, detail: "\(name) is \(size)")
      }
      return try ImageFile.readRGBA(png: data, name: "\(archive.path) (\(name))")
    }
  }

  private static func layers(of stack: XMLElement, path: String, count: inout Int) throws -> [OpenRasterLayer] {
    var layers: [OpenRasterLayer] = []
    for element in stack.children where element.name == "layer" || element.name == "stack" {
      count += 1
      guard count <= mostLayers else { throw ExchangeError.corrupt(path: path, detail: "it has too many layers") }
      let content: OpenRasterLayer.Content =
        element.name == "stack"
        ? .group(try Self.layers(of: element, path: path, count: &count))
        : .entry(element.attributes["src"] ?? "")
      layers.append(try layer(element, content, path: path))
    }
    return layers
  }

  private static func layer(
    _ element: XMLElement, _ content: OpenRasterLayer.Content, path: String
  ) throws -> OpenRasterLayer {
    let name = element.attributes["name"] ?? "a layer without a name"
    func number<Value>(_ key: String, _ fallback: Value, _ parse: (String) -> Value?) throws -> Value {
      guard let text = element.attributes[key] else { return fallback }
      guard let value = parse(text) else {
        throw ExchangeError.corrupt(path: path, detail: "\(key) of \(name) is \"\(text.prefix(40))\"")
      }
      return value
    }
    var layer = OpenRasterLayer(name: name, content: content)
    let shift = -1_000_000...1_000_000
    layer.x = try number("x", 0) { Int($0).flatMap { shift.contains($0) ? $0 : nil } }
    layer.y = try number("y", 0) { Int($0).flatMap { shift.contains($0) ? $0 : nil } }
    layer.opacity = try number("opacity", 1) { Float($0).flatMap { (0...1).contains($0) ? $0 : nil } }
    layer.isVisible = element.attributes["visibility"] != "hidden"
    layer.isLocked = element.attributes["edit-locked"] == "true"
    if let operation = element.attributes["composite-op"] {
      guard let blend = BlendMode(rawValue: operation) else {
        throw ExchangeError.unsupported(
          path: path,
          detail: "layer \"\(name)\" has the blend mode \(operation.prefix(40)); set it to Normal, or merge it down")
      }
      layer.blend = blend
    }
    return layer
  }
}

import Foundation
import Media

/// Writes OpenRaster files (https://www.openraster.org, version 0.0.3), which Krita, GIMP, MyPaint and others open.
public enum OpenRasterWriter {
  static let mimetype = "image/openraster"
  /// A thumbnail's longer side may not exceed this.
  private static let thumbnailSide = 256

  /// Writes a picture; the file appears whole or not at all.
  /// - Parameters:
  ///   - layers: topmost first; pictures in memory, or groups of them.
  ///   - merged: what a viewer shows without reading the layers, of the canvas's size.
  /// - Throws: `MediaError`, `ExchangeError`.
  public static func write(_ layers: [OpenRasterLayer], merged: RGBAImage, to url: URL) throws {
    var archive = ZipWriter()
    try archive.add("mimetype", Data(mimetype.utf8))
    var pictures: [RGBAImage] = []
    let stack = description(of: layers, pictures: &pictures, indent: "  ")
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <image version="0.0.3" w="\(merged.size.width)" h="\(merged.size.height)">
       <stack>
      \(stack) </stack>
      </image>

      """
    try archive.add("stack.xml", Data(text.utf8))
    for (index, picture) in pictures.enumerated() {
      try archive.add(entryName(index), try ImageFile.png(picture))
    }
    try archive.add("mergedimage.png", try ImageFile.png(merged))
    try archive.add("Thumbnails/thumbnail.png", try ImageFile.png(merged.shrunk(toLongSide: thumbnailSide)))
    try AtomicFile.write(archive.finished(), to: url)
  }

  private static func entryName(_ index: Int) -> String { "data/layer\(index).png" }

  /// The elements of `stack.xml`; the pictures that they name are collected in order.
  private static func description(
    of layers: [OpenRasterLayer], pictures: inout [RGBAImage], indent: String
  ) -> String {
    var text = ""
    for layer in layers {
      let state =
        "name=\"\(XMLElement.escaped(layer.name))\" x=\"\(layer.x)\" y=\"\(layer.y)\" opacity=\"\(layer.opacity)\" "
        + "visibility=\"\(layer.isVisible ? "visible" : "hidden")\" composite-op=\"\(layer.blend.rawValue)\""
        + (layer.isLocked ? " edit-locked=\"true\"" : "")
      switch layer.content {
      case .picture(let picture):
        text += "\(indent)<layer \(state) src=\"\(entryName(pictures.count))\"/>\n"
        pictures.append(picture)
      case .entry(let name):
        text += "\(indent)<layer \(state) src=\"\(XMLElement.escaped(name))\"/>\n"
      case .group(let inside):
        text += "\(indent)<stack \(state)>\n"
        text += description(of: inside, pictures: &pictures, indent: indent + " ")
        text += "\(indent)</stack>\n"
      }
    }
    return text
  }
}

extension RGBAImage {
  /// A smaller copy for previews: each pixel the mean, weighted by opacity, of the square that it stands for.
  func shrunk(toLongSide side: Int) -> RGBAImage {
    guard size.longSide > side else { return self }
    func scaled(_ length: Int) -> Int { max(1, length * side / size.longSide) }
    var small = RGBAImage(size: PixelSize(width: scaled(size.width), height: scaled(size.height)))
    for y in 0..<small.size.height {
      let rows = y * size.height / small.size.height..<(y + 1) * size.height / small.size.height
      for x in 0..<small.size.width {
        let columns = x * size.width / small.size.width..<(x + 1) * size.width / small.size.width
        let mean = mean(columns: columns, rows: rows)
        small.pixels.replaceSubrange(4 * (y * small.size.width + x)..<4 * (y * small.size.width + x) + 4, with: mean)
      }
    }
    return small
  }

  private func mean(columns: Range<Int>, rows: Range<Int>) -> [UInt8] {
    var sum = [0, 0, 0, 0]
    for y in rows {
      for x in columns {
        let index = 4 * (y * size.width + x)
        let opacity = Int(pixels[index + 3])
        for channel in 0..<3 { sum[channel] += Int(pixels[index + channel]) * opacity }
        sum[3] += opacity
      }
    }
    guard sum[3] > 0 else { return [0, 0, 0, 0] }
    return sum.prefix(3).map { UInt8($0 / sum[3]) } + [UInt8(sum[3] / (columns.count * rows.count))]
  }
}

import Foundation
import Media
import Testing

@testable import Exchange

@Suite struct OpenRasterTests {
  private let size = PixelSize(width: 40, height: 30)

  private func example() -> [OpenRasterLayer] {
    var top = OpenRasterLayer(name: "brush <\"&>", content: .picture(pattern(PixelSize(width: 8, height: 5), seed: 1)))
    (top.x, top.y, top.opacity, top.blend) = (-3, 7, 0.25, .multiply)
    var hidden = OpenRasterLayer(name: "coverage", content: .picture(pattern(size, seed: 2)))
    hidden.isVisible = false
    var locked = OpenRasterLayer(name: "texture", content: .picture(pattern(size, seed: 3)))
    locked.isLocked = true
    return [OpenRasterLayer(name: "group", content: .group([top, hidden])), locked]
  }

  @Test func aPictureComesBack() throws {
    let folder = try ScratchFolder()
    let (layers, merged) = (example(), pattern(PixelSize(width: 600, height: 300)))
    try OpenRasterWriter.write(layers, merged: merged, to: folder("a.ora"))
    let file = try OpenRasterFile(contentsOf: folder("a.ora"))
    #expect(file.size == merged.size && file.layers.map(\.name) == ["group", "texture"])
    #expect(file.layers[1].isLocked && file.layers[1].isVisible)
    #expect(try file.picture(of: file.layers[1]) == pattern(size, seed: 3))
    guard case .group(let inside) = file.layers[0].content else {
      Issue.record("the group is gone")
      return
    }
    #expect(inside.map(\.name) == ["brush <\"&>", "coverage"] && !inside[1].isVisible)
    #expect(inside[0].x == -3 && inside[0].y == 7 && inside[0].opacity == 0.25 && inside[0].blend == .multiply)
    #expect(try file.picture(of: inside[0]) == pattern(PixelSize(width: 8, height: 5), seed: 1))
  }

  /// What the format demands, as Python's zipfile sees it.
  @Test(.enabled(if: Python.isThere, "needs python3"))
  func theArchiveIsWhatTheFormatDemands() throws {
    let folder = try ScratchFolder()
    try OpenRasterWriter.write(example(), merged: pattern(PixelSize(width: 600, height: 300)), to: folder("a.ora"))
    let report = try Python.run(
      """
      import struct, sys, zipfile, xml.dom.minidom
      data = open(sys.argv[1], "rb").read()
      archive = zipfile.ZipFile(sys.argv[1])
      first = archive.infolist()[0]
      print(first.filename, first.compress_type, data[38:54].decode())
      root = xml.dom.minidom.parseString(archive.read("stack.xml")).documentElement
      print(root.tagName, root.getAttribute("w"), root.getAttribute("h"), root.getAttribute("version"))
      for name in ("mergedimage.png", "Thumbnails/thumbnail.png"):
        print(struct.unpack(">II", archive.read(name)[16:24]))
      """, [folder("a.ora").path])
    #expect(report == "mimetype 0 image/openraster\nimage 600 300 0.0.3\n(600, 300)\n(256, 128)\n")
  }

  @Test(arguments: [
    ("<image w='40' h='40'><stack><layer src='data/no.png' name='a'/></stack></image>", "holds no data/no.png"),
    ("<image w='40' h='40'><stack><layer src='../../etc/passwd'/></stack></image>", "holds no ../../etc/passwd"),
    ("<image w='40' h='40'><stack><layer src='stack.xml'/></stack></image>", "no PNG"),
    ("<image w='40' h='40'><stack><layer src='cut.png'/></stack></image>", "cut.png"),
    ("<image w='40' h='40'><stack><layer src='huge.png'/></stack></image>", "100000x100000"),
    ("<image w='900000' h='40'><stack></stack></image>", "900000x40"),
    ("<image w='40'><stack></stack></image>", "describes no picture"),
    ("<image w='40' h='40'><stack><layer src='a' opacity='7'/></stack></image>", "opacity"),
    ("<image w='40' h='40'><stack><layer src='a' x='99999999999999999999'/></stack></image>", "x of"),
    ("<image w='40' h='40'><stack><layer src='a' composite-op='krita:dissolve'/></stack></image>", "krita:dissolve"),
    ("<!DOCTYPE a [<!ENTITY b 'c'>]><image w='4' h='4'><stack/></image>", "document types"),
    ("<image w='40' h='40'><stack>", "damaged"),
    ("<image w='40' h='40'><stack></image></stack>", "not closed"),
    (String(repeating: "<stack>", count: 1000), "nested"),
    ("", "damaged"),
  ])
  func damageIsNamed(stack: String, words: String) throws {
    let folder = try ScratchFolder()
    let png = try ImageFile.png(pattern(PixelSize(width: 20, height: 20)))
    var huge = png
    huge.replaceSubrange(16..<24, with: [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0])
    var writer = ZipWriter()
    try writer.add("mimetype", Data(OpenRasterWriter.mimetype.utf8))
    try writer.add("stack.xml", Data(stack.utf8))
    try writer.add("cut.png", png.prefix(png.count / 2))
    try writer.add("huge.png", huge)
    try writer.finished().write(to: folder("a.ora"))
    let error = #expect(throws: (any Error).self) {
      let file = try OpenRasterFile(contentsOf: folder("a.ora"))
      for layer in file.layers { _ = try file.picture(of: layer) }
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(words))
  }

  /// W3C "Compositing and Blending Level 1", section 9, at places where its formulas can be worked out by hand.
  @Test func blendModesFollowTheSpecification() {
    let expected: [BlendMode: Float] = [
      .normal: 0.75, .multiply: 0.3, .screen: 0.85, .overlay: 0.6, .darken: 0.4, .lighten: 0.75, .colourDodge: 1,
      .colourBurn: 0.2, .hardLight: 0.7, .softLight: 0.516_228, .difference: 0.35, .plus: 1,
    ]
    for mode in BlendMode.allCases {
      #expect(abs(mode.blended(backdrop: 0.4, source: 0.75) - (expected[mode] ?? -1)) < 1e-5, "\(mode)")
    }
  }
}

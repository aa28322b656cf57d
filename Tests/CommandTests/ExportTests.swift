import Exchange
import Foundation
import Media
import Testing

/// Files for other programs, written by the real command.
@Suite struct ExportTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture.shared.get() }

  private func export(_ kind: String, to output: String, _ more: String...) throws {
    let result = try Command.run(["export", fixture.project, "--as", kind, "-o", output] + more)
    #expect(result.status == 0, "\(result.errors)")
    for path in result.output.split(separator: "\n") {
      #expect(FileManager.default.fileExists(atPath: String(path)))
    }
  }

  private func frames(_ arguments: String...) throws -> [Frame] {
    let out = fixture.fresh("frames") + "/"
    let result = try Command.run(["render", fixture.project, "-o", out] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try ClipReader.read(URL(fileURLWithPath: out)).frames
  }

  @Test func anUnpaintedPaintFileChangesNothing() throws {
    let ora = fixture.fresh("clip.ora")
    try export("ora", to: ora, "--texture-size", "96")
    let source = try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames
    #expect(try frames("--edit", "background=\(ora)", "--edit", "foreground=\(ora)") == source)
  }

  @Test func paintInAPaintFileEqualsTheSamePaintAsPNG() throws {
    let folder = fixture.fresh("paint")
    try export("ora", to: folder, "--texture-size", "96", "--layer", "background")
    let url = URL(fileURLWithPath: folder + "/background.ora")
    let file = try OpenRasterFile(contentsOf: url)
    #expect(file.size == PixelSize(width: 96, height: 96))
    #expect(file.layers.map(\.name) == ["paint here", "coverage", "texture"])
    #expect(file.layers.map(\.isVisible) == [true, false, true] && file.layers.map(\.isLocked) == [false, true, true])
    var paint = RGBAImage(size: file.size)
    for pixel in 0..<96 * 48 { paint.pixels.replaceSubrange(4 * pixel..<4 * pixel + 4, with: [250, 20, 0, 255]) }
    let png = URL(fileURLWithPath: fixture.fresh("paint.png"))
    try ImageFile.write(paint, to: png)
    var layers = file.layers
    layers[0].content = .picture(paint)
    for index in 1..<3 { layers[index].content = .picture(try file.picture(of: file.layers[index])) }
    try OpenRasterWriter.write(layers, merged: paint, to: url)
    let fromPaintFile = try frames("--edit", "background=\(url.path)")
    #expect(try frames("--edit", "background=\(png.path)") == fromPaintFile)
    #expect(try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames != fromPaintFile)
  }

  @Test func texturesComeInEverySizeAndIn16Bits() throws {
    let (coarse, fine) = (fixture.fresh("coarse"), fixture.fresh("fine"))
    try export("png", to: coarse, "--texture-size", "128")
    try export("png", to: fine, "--texture-size", "128", "--bits", "16")
    for layer in ["foreground", "background"] {
      let eight = try ImageFile.readRGBA(URL(fileURLWithPath: "\(coarse)/\(layer).png"))
      let sixteen = try ImageFile.readDeep(URL(fileURLWithPath: "\(fine)/\(layer).png"))
      #expect(eight.size == PixelSize(width: 128, height: 128))
      #expect(zip(eight.pixels, sixteen.eightBits.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
      #expect(sixteen.pixels.contains { $0 % 257 != 0 })
    }
  }
}

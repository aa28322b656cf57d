import Exchange
import Foundation
import Media
import Testing

@testable import Editing

@Suite struct PaintFileTests {
  private let size = PixelSize(width: 64, height: 64)
  private let names = ["foreground", "background"]

  private func texture(_ grey: UInt8) -> RGBAImage {
    RGBAImage(size: size, pixels: [UInt8](repeating: grey, count: 4 * size.pixelCount))
  }

  private func url() -> URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("hypernvd-paint-\(UUID().uuidString).ora")
  }

  private func square(_ colour: [UInt8], side: Int) -> OpenRasterLayer.Content {
    let pixels = (0..<side * side).flatMap { _ in colour }
    return .picture(RGBAImage(size: PixelSize(width: side, height: side), pixels: pixels))
  }

  private func paint(_ layers: [OpenRasterLayer], on name: String = "foreground") throws -> RGBAImage {
    let file = url()
    defer { try? FileManager.default.removeItem(at: file) }
    try OpenRasterWriter.write(layers, merged: texture(1), to: file)
    return try PaintFile(contentsOf: file).paint(for: name, among: names) { size in
      #expect(size == self.size)
      return texture(102)
    }
  }

  @Test func aFileFreshFromExportHoldsNoPaint() throws {
    let file = url()
    defer { try? FileManager.default.removeItem(at: file) }
    try PaintFile.write([("foreground", texture(200)), ("background", texture(90))], to: file)
    for name in names {
      let paint = try PaintFile(contentsOf: file).paint(for: name, among: names) { _ in texture(0) }
      #expect(paint == RGBAImage(size: size))
    }
    try PaintFile.write([("foreground", texture(200))], to: file)
    #expect(try PaintFile(contentsOf: file).paint(for: "foreground", among: names) { _ in texture(0) }.size == size)
  }

  @Test func onlyVisibleUnlockedPaintCounts() throws {
    var stroke = OpenRasterLayer(name: "stroke", content: square([255, 0, 0, 255], side: 4))
    (stroke.x, stroke.y, stroke.opacity) = (10, 20, 0.5)
    var hidden = OpenRasterLayer(name: "hidden", content: square([0, 255, 0, 255], side: 60))
    hidden.isVisible = false
    var locked = OpenRasterLayer(name: "mine", content: square([0, 255, 0, 255], side: 60))
    locked.isLocked = true
    let texture = OpenRasterLayer(name: "texture", content: .picture(texture(90)))
    let paint = try paint([hidden, locked, stroke, texture])
    let inside = 4 * (22 * 64 + 12)
    #expect(Array(paint.pixels[inside..<inside + 4]) == [255, 0, 0, 128])
    #expect(stride(from: 3, to: paint.pixels.count, by: 4).filter { paint.pixels[$0] > 0 }.count == 16)
  }

  @Test func strokesOutsideTheCanvasAreCut() throws {
    var stroke = OpenRasterLayer(name: "stroke", content: square([9, 8, 7, 255], side: 10))
    (stroke.x, stroke.y) = (-4, 60)
    var far = stroke
    (far.x, far.y) = (-5000, 9000)
    let paint = try paint([stroke, far])
    #expect(stride(from: 3, to: paint.pixels.count, by: 4).filter { paint.pixels[$0] > 0 }.count == 6 * 4)
  }

  @Test func aBlendModeIsAppliedToTheTexture() throws {
    var stroke = OpenRasterLayer(name: "shade", content: square([128, 128, 128, 255], side: 8))
    stroke.blend = .multiply
    let paint = try paint([stroke])
    #expect(Array(paint.pixels[0..<4]) == [51, 51, 51, 255])
    #expect(paint.pixels[4 * 63 + 3] == 0)
  }

  @Test func theGroupOfALayerIsTaken() throws {
    let red = OpenRasterLayer(name: "a", content: square([255, 0, 0, 255], side: 2))
    let green = OpenRasterLayer(name: "a", content: square([0, 255, 0, 255], side: 2))
    let groups = [
      OpenRasterLayer(name: "foreground", content: .group([red])),
      OpenRasterLayer(name: "background", content: .group([green])),
    ]
    #expect(Array(try paint(groups).pixels[0..<4]) == [255, 0, 0, 255])
    #expect(Array(try paint(groups, on: "background").pixels[0..<4]) == [0, 255, 0, 255])
    #expect(throws: EditingError.self) { try paint([groups[1]]) }
  }
}

import Decomposition
import Foundation
import Media
import SyntheticScenes
import Testing

@testable import Editing

@Suite struct OverlayTests {
  private let trained: TrainedScene

  init() throws { trained = try TrainedScene.shared.get() }

  private func solid(_ side: Int) -> RGBAImage {
    let pixels = (0..<side * side).flatMap { _ in [255, 0, 255, 255] as [UInt8] }
    return RGBAImage(size: PixelSize(width: side, height: side), pixels: pixels)
  }

  /// A picture on the background, where the background's true motion says it must be.
  @Test func anOverlayMovesWithItsLayer() throws {
    var overlay = Overlay(layer: "background", image: solid(12))
    overlay.place = .frame(TrainedScene.reference, x: 38, y: 30)
    let renderer = try OverlayRenderer([overlay], renderer: trained.renderer)
    var offsets: [SIMD2<Double>] = []
    for frame in 0..<7 {
      let source = trained.scene.clip.frames[frame]
      let drawn = renderer.draw(trained.renderer.frame(frame), onto: source)
      #expect(drawn.isSeen)
      var (sum, count) = (SIMD2(0.0, 0.0), 0.0)
      for pixel in 0..<source.size.pixelCount
      where drawn.frame.pixels[3 * pixel + 2] > 60000 && drawn.frame.pixels[3 * pixel + 1] < 9000 {
        sum += SIMD2(Double(pixel % source.size.width), Double(pixel / source.size.width))
        count += 1
      }
      #expect(count > 60)
      offsets.append(sum / max(count, 1) - trained.scene.layers[1].pixel(trained.logo, frame: frame))
    }
    let worst = offsets.map { ($0 * $0).sum().squareRoot() }.max() ?? 9
    #expect(worst < 1, "\(worst) px from its place")
  }

  @Test func anOverlayLeavesTheOutlineAndCanBeCovered() throws {
    let frame = 3
    let source = trained.scene.clip.frames[frame]
    let mask = trained.scene.masks[0].masks[frame]
    func changed(_ overlay: Overlay) throws -> (on: Int, off: Int) {
      let drawn = try OverlayRenderer([overlay], renderer: trained.renderer)
        .draw(trained.renderer.frame(frame), onto: source).frame
      let pixels = (0..<source.size.pixelCount).filter { drawn.pixels[3 * $0] != source.pixels[3 * $0] }
      let on = pixels.filter { mask.values[$0] > 127 }.count
      return (on, pixels.count - on)
    }
    var overlay = Overlay(layer: "foreground", image: solid(80))
    let inFront = try changed(overlay)
    #expect(inFront.on > 400 && inFront.off > 400)
    overlay.behind = "foreground"
    let behind = try changed(overlay)
    #expect(behind.off > inFront.off * 3 / 4 && behind.on < inFront.on)
    // Transparent pictures change nothing.
    overlay.image = RGBAImage(size: PixelSize(width: 80, height: 80))
    #expect(try changed(overlay) == (0, 0))
  }

  @Test func placesOutsideAreRefused() throws {
    var overlay = Overlay(layer: "background", image: solid(8))
    overlay.place = .frame(99, x: 1, y: 1)
    #expect(throws: EditingError.frameOutside(99, available: 7)) {
      try OverlayRenderer([overlay], renderer: trained.renderer)
    }
    overlay.place = .frame(0, x: 1000, y: 1)
    #expect(throws: EditingError.self) { try OverlayRenderer([overlay], renderer: trained.renderer) }
    (overlay.place, overlay.behind) = (.middle, "background")
    #expect(throws: EditingError.nothingBehind(layer: "background")) {
      try OverlayRenderer([overlay], renderer: trained.renderer)
    }
  }

  /// The middle of all pixels of a colour (which channel is high, the others low), and how many there are.
  private func find(_ high: Int, in frame: Frame) -> (middle: SIMD2<Double>, count: Int) {
    let pixels = (0..<frame.size.pixelCount).filter { pixel in
      (0..<3).allSatisfy { ($0 == high) == (frame.pixels[3 * pixel + $0] > 55_000) }
        && (0..<3).allSatisfy { $0 == high || frame.pixels[3 * pixel + $0] < 12_000 }
    }
    let sum = pixels.reduce(SIMD2(0.0, 0.0)) {
      $0 + SIMD2(Double($1 % frame.size.width), Double($1 / frame.size.width))
    }
    return (sum / Double(max(1, pixels.count)), pixels.count)
  }

  /// A picture whose left half is red and whose right half is blue, put where only the background is.
  private func halves(_ change: (inout Overlay) -> Void) throws -> (
    red: (middle: SIMD2<Double>, count: Int), blue: (middle: SIMD2<Double>, count: Int)
  ) {
    let pixels = (0..<16 * 16).flatMap { $0 % 16 < 8 ? [255, 0, 0, 255] : [0, 0, 255, 255] as [UInt8] }
    var overlay = Overlay(layer: "background", image: RGBAImage(size: PixelSize(width: 16, height: 16), pixels: pixels))
    overlay.place = .frame(TrainedScene.reference, x: 38, y: 30)
    change(&overlay)
    let frame = TrainedScene.reference
    let drawn = try OverlayRenderer([overlay], renderer: trained.renderer)
      .draw(trained.renderer.frame(frame), onto: trained.scene.clip.frames[frame]).frame
    return (find(0, in: drawn), find(2, in: drawn))
  }

  @Test func anOverlayIsUprightAndTurnsClockwise() throws {
    let upright = try halves { _ in }
    let across = upright.blue.middle - upright.red.middle
    #expect(abs(across.x - 8) < 1 && abs(across.y) < 1, "\(across)")
    let turned = try halves { $0.rotation = 90 }
    let down = turned.blue.middle - turned.red.middle
    #expect(abs(down.y - 8) < 1 && abs(down.x) < 1, "\(down)")
  }

  @Test func anOverlayIsScaled() throws {
    let (once, twice) = (try halves { _ in }, try halves { $0.scale = 2 })
    let share = Double(twice.red.count + twice.blue.count) / Double(once.red.count + once.blue.count)
    #expect(abs(share - 4) < 0.8, "\(share)")
    let middle = (twice.red.middle + twice.blue.middle) / 2 - SIMD2(38, 30)
    #expect((middle * middle).sum() < 1, "\(middle)")
  }

  /// The same place, told on the texture.
  @Test func aPlaceOnTheTextureIsWhereTheTextureHasIt() throws {
    let (frame, size) = (trained.renderer.frame(3), trained.scene.configuration.size)
    let pixel = 30 * size.width + 38
    let uv = frame.layers[1].uv
    let placed = try halves {
      $0.place = .texture(u: Double(uv[0][pixel] + 1) / 2, v: Double(uv[1][pixel] + 1) / 2)
    }
    let middle = (placed.red.middle + placed.blue.middle) / 2 - SIMD2(38, 30)
    #expect((middle * middle).sum() < 1, "\(middle)")
  }

  @Test func theLightOfTheLayerFallsOnIt() throws {
    let frame = TrainedScene.reference
    let rendered = trained.renderer.frame(frame)
    let grey = RGBAImage(
      size: PixelSize(width: 24, height: 24), pixels: (0..<24 * 24).flatMap { _ in [128, 128, 128, 255] as [UInt8] })
    var overlay = Overlay(layer: "background", image: grey)
    (overlay.place, overlay.isLit) = (.frame(frame, x: 38, y: 30), true)
    let drawn = try OverlayRenderer([overlay], renderer: trained.renderer)
      .draw(rendered, onto: trained.scene.clip.frames[frame]).frame
    for (x, y) in [(34, 26), (38, 30), (44, 36)] {
      let pixel = y * drawn.size.width + x
      for channel in 0..<3 {
        // What covers it a little (the foreground, hardly opaque there) is left out of account.
        let wanted = 128.0 / 255 * Double(rendered.layers[1].residual[channel][pixel])
        #expect(abs(Double(drawn.pixels[3 * pixel + channel]) / 65535 - wanted) < 0.03)
      }
    }
  }
}

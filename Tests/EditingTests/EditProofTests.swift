import Decomposition
import Foundation
import Media
import SyntheticScenes
import Testing

@testable import Editing

/// A logo painted once, against the true scene with that logo in every frame.
@Suite struct EditProofTests {
  private let trained: TrainedScene

  init() throws { trained = try TrainedScene.shared.get() }

  private func paint() throws -> FrameEdit.Paint {
    let frame = TrainedScene.reference
    let painted = TrainedScene.rgba(trained.edited(frame: frame))
    let edit = try FrameEdit(
      frame: frame, painted: painted, clip: trained.scene.configuration.size, frames: 7, path: "painted.png")
    let paints = try edit.paint(
      renderer: trained.renderer, source: trained.scene.clip.frames[frame], side: { _ in nil })
    return try #require(paints.first { $0.layer == "background" })
  }

  /// Root mean square of how the distance between two tracks changes from frame to frame.
  private func jitter(_ offsets: [SIMD2<Double>]) -> Double {
    let steps = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
    return (steps.reduce(0) { $0 + ($1 * $1).sum() } / Double(steps.count)).squareRoot()
  }

  private func check(_ edits: [String: RGBAImage], _ renderer: Renderer, least: Double, most: Double) throws {
    let editor = try EditRenderer(renderer: renderer, edits: edits)
    var (worst, offsets) = (Double.infinity, [SIMD2<Double>]())
    for frame in 0..<7 {
      let output = editor.frame(frame, source: trained.scene.clip.frames[frame])
      let truth = trained.edited(frame: frame)
      worst = min(worst, psnr(output, truth, at: trained.inside(frame: frame)))
      offsets.append(trained.middle(of: output, frame: frame) - trained.middle(of: truth, frame: frame))
    }
    #expect(worst >= least, "\(worst) dB inside the logo")
    #expect(jitter(offsets) < most, "\(jitter(offsets)) px")
  }

  @Test func onePaintedFrameChangesEveryFrame() throws {
    let paint = try paint()
    #expect(paint.report.pixels > 300 && paint.report.texels > 300)
    try check([paint.layer: paint.image], trained.renderer, least: 30, most: 0.3)
  }

  @Test func anEditSurvivesAnotherTraining() throws {
    let paint = try paint()
    let carried = try EditCarrier(from: trained.renderer, to: trained.other).carry(paint.image, layer: paint.layer)
    #expect(carried.errorPixels < 0.5, "\(carried.errorPixels) px")
    #expect(carried.seenShare > 0.95)
    try check([paint.layer: carried.image], trained.other, least: 26, most: 0.3)
  }

  @Test func carryingToTheSameModelChangesAlmostNothing() throws {
    let paint = try paint()
    let carried = try EditCarrier(from: trained.renderer, to: trained.renderer).carry(paint.image, layer: paint.layer)
    #expect(carried.errorPixels < 0.01)
    try check([paint.layer: carried.image], trained.renderer, least: 29, most: 0.3)
  }

  @Test func paintAloneOnTransparentGroundDoesTheSame() throws {
    let frame = TrainedScene.reference
    var painted = RGBAImage(size: trained.scene.configuration.size)
    for pixel in trained.inside(frame: frame) {
      painted.pixels.replaceSubrange(4 * pixel..<4 * pixel + 4, with: [0, 255, 0, 255])
    }
    let edit = try FrameEdit(
      frame: frame, painted: painted, onto: "background", clip: painted.size, frames: 7, path: "paint.png")
    let paints = try edit.paint(
      renderer: trained.renderer, source: trained.scene.clip.frames[frame], side: { _ in 500 })
    #expect(paints.map(\.layer) == ["background"] && paints[0].image.size.width == 500)
    let editor = try EditRenderer(renderer: trained.renderer, edits: ["background": paints[0].image])
    let output = editor.frame(frame, source: trained.scene.clip.frames[frame])
    let greens = trained.inside(frame: frame).map { Double(output.pixels[3 * $0 + 1]) / 65535 }
    #expect(greens.reduce(0, +) / Double(greens.count) > 0.9)
  }

  /// Differences that cancel out among neighbours everywhere, as another scaler makes them, are not painted.
  @Test func aFrameFromAnotherScalerIsNotPaintedAllOver() throws {
    let frame = TrainedScene.reference
    var painted = TrainedScene.rgba(trained.edited(frame: frame))
    for index in painted.pixels.indices where index % 4 != 3 {
      let isOdd = (index / 4 % 160 + index / 4 / 160) % 2 == 1
      painted.pixels[index] = UInt8(min(max(Int(painted.pixels[index]) + (isOdd ? 7 : -7), 0), 255))
    }
    let size = trained.scene.configuration.size
    let edit = try FrameEdit(frame: frame, painted: painted, clip: size, frames: 7, path: "painted.png")
    let paints = try edit.paint(
      renderer: trained.renderer, source: trained.scene.clip.frames[frame], side: { _ in nil })
    let pixels = paints.reduce(0) { $0 + $1.report.pixels }
    let logo = trained.inside(frame: frame).count
    #expect(pixels > logo && pixels < logo * 5 / 2, "\(pixels) pixels, the logo has \(logo)")
  }

  @Test func picturesOfAnotherShapeAreRefused() {
    let size = PixelSize(width: 160, height: 96)
    let square = RGBAImage(size: PixelSize(width: 96, height: 96))
    #expect(throws: EditingError.otherAspect(path: "a.png", size: square.size, clip: size)) {
      try FrameEdit(frame: 0, painted: square, clip: size, frames: 7, path: "a.png")
    }
    #expect(throws: EditingError.frameOutside(7, available: 7)) {
      try FrameEdit(frame: 7, painted: RGBAImage(size: size), clip: size, frames: 7, path: "a.png")
    }
  }
}

@Suite struct PlaneFitTests {
  @Test func aHomographyIsFound() throws {
    let truth = Homography([1.1, 0.2, 5, -0.1, 0.9, 7, 0.0004, -0.0003, 1])
    let pairs = (0..<100).map { index in
      let (x, y) = (Double(index % 10) * 20, Double(index / 10) * 15)
      let place = truth.apply(x, y)
      // One in ten goes elsewhere.
      return PlaneFit.Pair(from: SIMD2(x, y), to: SIMD2(place.x + (index % 10 == 3 ? 8 : 0), place.y))
    }
    let found = try #require(PlaneFit.homography(pairs))
    for (x, y) in [(0.0, 0.0), (180.0, 135.0), (90.0, 60.0)] {
      let (a, b) = (found.apply(x, y), truth.apply(x, y))
      #expect(abs(a.x - b.x) < 0.5 && abs(a.y - b.y) < 0.5)
    }
    #expect(PlaneFit.homography(Array(repeating: pairs[0], count: 9)) == nil)
  }

  @Test func pullPushKeepsTheKnownAndContinuesASlope() {
    let size = PixelSize(width: 33, height: 20)
    let values = (0..<size.pixelCount).map { Float($0 % 33) }
    let weights = (0..<size.pixelCount).map { ($0 / 33 < 4 || $0 % 33 == 16) ? 1 : 0 as Float }
    let filled = PullPush.filled(values, weights: weights, size: size)
    for index in values.indices where weights[index] == 1 { #expect(filled[index] == values[index]) }
    #expect(filled.allSatisfy { (0...32).contains($0) })
  }
}

import Foundation
import Media
import Testing

@testable import Perception

@Suite struct AutomaticMaskTests {
  let size = PixelSize(width: 160, height: 120)
  let absent = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("no-such-model.onnx")

  private func disc(frames: Int = 6) throws -> (clip: Clip, masks: [Mask], flow: [FlowPair]) {
    let (clip, masks) = TestPictures.movingDisc(size, frames: frames)
    return (clip, masks, try FlowEstimator().pairs(for: clip.frames))
  }

  @Test("Without a model file motion alone finds a moving disc, and a warning says so")
  func motionOnly() throws {
    let (clip, truth, flow) = try disc()
    let result = try AutomaticMasks(modelURL: absent).masks(for: clip, flow: flow)
    #expect(result.method == .motionOnly)
    #expect(result.object.name == "foreground")
    #expect(result.object.masks.count == 6)
    #expect(result.coverage == result.object.masks.map(\.coverage))
    let warning = try #require(result.warnings.first)
    #expect(warning.contains(absent.path) && warning.contains("scripts/setup"))
    for (found, truth) in zip(result.object.masks, truth) {
      #expect(TestPictures.overlap(found, truth) > 0.75)
    }
    let again = try AutomaticMasks(modelURL: nil).masks(for: clip, flow: flow)
    #expect(again.object.masks == result.object.masks)
  }

  @Test("What a map expects of its mask is the intersection over union, if its values are probabilities")
  func expectedOverlap() {
    let row = PixelSize(width: 4, height: 1)
    #expect(SoftMap(size: row, values: [1, 1, 0, 0]).expectedOverlap == 1)
    #expect(SoftMap(size: row, values: [0, 0, 0, 0]).expectedOverlap == 0)
    // 1.5 expected inside of two pixels and a quarter of one outside; the last value is too small to count.
    #expect(SoftMap(size: row, values: [0.75, 0.75, 0.25, 0.05]).expectedOverlap == 1.5 / 2.25)
  }

  @Test("A clear object's mask is certain of itself")
  func clearObjectIsCertain() throws {
    let (clip, _, flow) = try disc()
    let certainty = try AutomaticMasks(modelURL: nil).masks(for: clip, flow: flow).certainty
    #expect(certainty > 0.8 && certainty <= 1, "\(certainty)")
  }

  @Test("A clip in which nothing moves by itself is an error, not an empty mask")
  func nothingMoves() throws {
    let frames = (0..<3).map { t in TestPictures.frame(size) { x, y in TestPictures.texture(x + Double(t), y) } }
    let clip = Clip(
      name: "still", frames: frames, frameRate: FrameRate(numerator: 25, denominator: 1), sourceFrames: 0..<3)
    let flow = try FlowEstimator().pairs(for: frames)
    #expect(throws: PerceptionError.nothingFound(coverage: 0)) {
      try AutomaticMasks(modelURL: nil).masks(for: clip, flow: flow)
    }
  }

  @Test("Saliency that stands out but stands still is dropped; what moves stays")
  func motionOverrulesSaliency() throws {
    let (clip, truth, flow) = try disc()
    let camera = try MotionEstimator.camera(flow: flow, excluding: [])
    let motion = try MotionSaliency(flow: flow, camera: camera, size: size)
    // Both the moving disc and a square in the corner stand out.
    let saliency = truth.map { mask in
      SoftMap(
        size: size,
        values: mask.values.indices.map { index in
          let inSquare = index % size.width > 120 && index / size.width < 40
          return mask.values[index] > 127 || inSquare ? 0.95 : 0.03
        })
    }
    let maps = try MaskEvidence.combine(saliency: saliency, motion: motion)
    #expect(clip.frames.count == maps.count)
    for (map, truth) in zip(maps, truth) { #expect(TestPictures.overlap(map.mask(above: 0.5), truth) > 0.85) }
  }

  @Test("Neighbours along the flow outvote one frame's mistake")
  func consensus() throws {
    let (_, truth, flow) = try disc(frames: 5)
    var maps = truth.map { SoftMap(size: size, values: $0.values.map { Float($0) / 255 }) }
    maps[2].values = maps[2].values.map { _ in 0 }
    let agreed = try FlowConsensus.average(maps, flow: flow, radius: 2)
    #expect(TestPictures.overlap(agreed[2].mask(above: 0.5), truth[2]) > 0.85)
    #expect(TestPictures.overlap(maps[2].mask(above: 0.5), truth[2]) == 0)
  }

  @Test(
    "A damaged model file is an error that names it",
    arguments: ["empty": 0, "short text": 1, "long text": 5000, "broken tag": -1].sorted { $0.key < $1.key })
  func damagedModel(kind: String, repetitions: Int) throws {
    let content = repetitions < 0 ? "\u{3a}\u{7f}\u{12}" : String(repeating: "\u{8}no network", count: repetitions)
    let file = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("\(UUID().uuidString).onnx")
    try content.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let (clip, _, flow) = try disc(frames: 2)
    let error = #expect(throws: PerceptionError.self) {
      try AutomaticMasks(modelURL: file).masks(for: clip, flow: flow)
    }
    guard case .modelUnusable(let name, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(name == file.path && !reason.isEmpty)
    #expect(error?.category == .badData)
    #expect(error?.description.contains("run scripts/setup") == true)
  }

  @Test("Flow that does not fit the clip is refused")
  func refusals() throws {
    let (clip, _, flow) = try disc(frames: 3)
    #expect(throws: PerceptionError.flowCountDiffers(pairs: 1, frames: 3)) {
      try AutomaticMasks(modelURL: nil).masks(for: clip, flow: [flow[0]])
    }
    var one = clip
    one.frames = [clip.frames[0]]
    #expect(throws: PerceptionError.tooFewFrames(1)) { try AutomaticMasks(modelURL: nil).masks(for: one, flow: []) }
  }
}

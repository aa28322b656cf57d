import Foundation
import Media
import Testing

@testable import Perception

@Suite struct GuidedMaskTests {
  let size = PixelSize(width: 160, height: 120)
  /// Motion is the only evidence: no model file is needed.
  let guided = GuidedMasks(evidenceFrom: AutomaticMasks(modelURL: nil))

  private func disc(frames: Int = 6) throws -> (clip: Clip, masks: [Mask], flow: [FlowPair]) {
    let (clip, masks) = TestPictures.movingDisc(size, frames: frames)
    return (clip, masks, try FlowEstimator().pairs(for: clip.frames))
  }

  private func overlaps(_ found: [Mask], _ truth: [Mask]) -> [Double] {
    zip(found, truth).map { TestPictures.overlap($0, $1) }
  }

  @Test("A mask of any one frame is followed both ways, and stays as it was given", arguments: [0, 3, 5])
  func oneMask(frame: Int) throws {
    let (clip, truth, flow) = try disc()
    let anchor = MaskAnchor(layer: "cup", frame: frame, shape: .mask(truth[frame]))
    let object = try #require(try guided.masks(for: clip, flow: flow, anchors: [anchor]).objects.first)
    #expect(object.masks.name == "cup")
    #expect(object.masks.masks[frame] == truth[frame])
    #expect(overlaps(object.masks.masks, truth).allSatisfy { $0 > 0.85 }, "\(overlaps(object.masks.masks, truth))")
    #expect(object.confidence[frame] == 1)
    #expect(object.confidence.allSatisfy { $0 > 0.5 && $0 <= 1 })
  }

  @Test("What a step of failed flow brings stays doubtful in all frames after it")
  func doubtIsHandedOn() throws {
    var (clip, truth, flow) = try disc()
    let anchor = MaskAnchor(layer: "cup", frame: 0, shape: .mask(truth[0]))
    let astray = FlowField(size: size, vectors: [Float](repeating: 9, count: 2 * size.pixelCount))
    flow[2] = FlowPair(forward: astray, backward: astray)
    let confidence = try guided.masks(for: clip, flow: flow, anchors: [anchor]).objects[0].confidence
    #expect(confidence[..<3].allSatisfy { $0 > 0.5 }, "\(confidence)")
    #expect(confidence[3...].allSatisfy { $0 < 0.4 }, "\(confidence)")
  }

  @Test("A box and points are enough where the object has its own colours")
  func boxAndPoints() throws {
    let (clip, truth, flow) = try disc()
    let centre = (x: 160.0 / 3 + 6, y: 60.0)
    let shapes: [MaskAnchor.Shape] = [
      .box(x: centre.x - 28, y: centre.y - 28, width: 56, height: 56),
      .points(on: [centre], off: [(150, 10), (5, 110)]),
    ]
    for shape in shapes {
      let anchor = MaskAnchor(layer: "foreground", frame: 2, shape: shape)
      let found = try guided.masks(for: clip, flow: flow, anchors: [anchor]).objects[0].masks.masks
      #expect(overlaps(found, truth).allSatisfy { $0 > 0.7 }, "\(shape): \(overlaps(found, truth))")
    }
  }

  @Test("A small object that the evidence knows is found in a wide box; a slice of a larger one is not taken for it")
  func wideBox() throws {
    let (clip, truth, flow) = try disc()
    let scene = try MaskScene(clip.frames, flow: flow)
    let centre = (x: 160.0 / 3 + 6, y: 60.0)
    let evidence = SoftMap(truth[2])
    func found(x: Double, width: Double) throws -> Mask {
      let anchor = MaskAnchor(layer: "cup", frame: 2, shape: .box(x: x, y: 5, width: width, height: 110))
      return try anchor.map(evidence: evidence, in: scene, full: size).mask(above: 0.5)
    }
    #expect(try found(x: 5, width: 150) == truth[2])
    // The box holds a quarter of the disc at its edge: something else is meant.
    let other = try found(x: centre.x + 10, width: 80)
    #expect(zip(other.values, truth[2].values).contains { $0 > 127 && $1 <= 127 })
  }

  @Test("One corrected frame repairs masks that are wrong everywhere")
  func correction() throws {
    let (clip, truth, flow) = try disc()
    let wrong = truth.map { mask in
      Mask(size: size, values: (0..<size.pixelCount).map { mask.values[($0 + 30) % size.pixelCount] })
    }
    #expect(overlaps(wrong, truth).allSatisfy { $0 < 0.4 })
    let base = [ObjectMasks(name: "foreground", masks: wrong)]
    let anchor = MaskAnchor(layer: "foreground", frame: 4, shape: .mask(truth[4]))
    let found = try guided.masks(for: clip, flow: flow, anchors: [anchor], base: base).objects[0].masks.masks
    #expect(overlaps(found, truth).allSatisfy { $0 > 0.85 }, "\(overlaps(found, truth))")
  }

  @Test("A second anchor counts where it is nearer")
  func secondAnchor() throws {
    let (clip, truth, flow) = try disc(frames: 7)
    // In the last frame the object is said to be only the upper half of the disc.
    let half = Mask(
      size: size, values: truth[6].values.indices.map { $0 / size.width < 60 ? truth[6].values[$0] : 0 })
    let anchors = [
      MaskAnchor(layer: "a", frame: 0, shape: .mask(truth[0])), MaskAnchor(layer: "a", frame: 6, shape: .mask(half)),
    ]
    let found = try guided.masks(for: clip, flow: flow, anchors: anchors).objects[0].masks.masks
    #expect(TestPictures.overlap(found[1], truth[1]) > 0.85)
    #expect(found[5].coverage < 0.7 * truth[5].coverage)
  }

  @Test("Several objects become several layers that do not overlap")
  func severalObjects() throws {
    let (clip, truth, flow) = try disc()
    func part(_ frame: Int, _ isLeft: Bool) -> Mask {
      let middle = Int(160.0 / 3) + 3 * frame
      return Mask(
        size: size,
        values: truth[frame].values.indices.map { ($0 % size.width < middle) == isLeft ? truth[frame].values[$0] : 0 })
    }
    let anchors = [true, false].map {
      MaskAnchor(layer: $0 ? "left" : "right", frame: 0, shape: .mask(part(0, $0)))
    }
    let objects = try guided.masks(for: clip, flow: flow, anchors: anchors).objects
    #expect(objects.map(\.masks.name) == ["left", "right"])
    for frame in truth.indices {
      let (left, right) = (objects[0].masks.masks[frame], objects[1].masks.masks[frame])
      #expect(zip(left.values, right.values).allSatisfy { $0 == 0 || $1 == 0 })
      #expect(TestPictures.overlap(left, part(frame, true)) > 0.75)
      #expect(TestPictures.overlap(right, part(frame, false)) > 0.75)
    }
  }

  @Test("An object that leaves the picture and returns is found again")
  func leavesAndReturns() throws {
    // A bright disc goes out to the right and comes back, before a textured wall.
    let out = stride(from: 120.0, through: 184, by: 8).map { $0 }
    let places = out + out.reversed()
    func inside(_ x: Double, _ y: Double, _ t: Int) -> Bool { hypot(x - places[t], y - 60) < 22 }
    let frames = places.indices.map { t in
      TestPictures.frame(size) { x, y in
        inside(x, y, t)
          ? 0.7 + 0.3 * TestPictures.texture(x - places[t], y, seed: 1) : 0.6 * TestPictures.texture(x, y, seed: 2)
      }
    }
    let truth = places.indices.map { t in
      Mask(
        size: size,
        values: (0..<size.pixelCount).map {
          inside(Double($0 % size.width), Double($0 / size.width), t) ? 255 : 0
        })
    }
    let clip = Clip(
      name: "returns", frames: frames, frameRate: FrameRate(numerator: 25, denominator: 1),
      sourceFrames: 0..<frames.count)
    let flow = try FlowEstimator().pairs(for: frames)
    let anchor = MaskAnchor(layer: "foreground", frame: 0, shape: .mask(truth[0]))
    let found = try guided.masks(for: clip, flow: flow, anchors: [anchor]).objects[0].masks.masks
    for gone in [8, 9] { #expect(found[gone].coverage < 0.01) }
    for seen in [2, 4, 13, 15, 17] {
      #expect(TestPictures.overlap(found[seen], truth[seen]) > 0.7, "frame \(seen): \(overlaps(found, truth))")
    }
  }

  @Test("Everything that moves is found, without saliency")
  func moving() throws {
    let (clip, truth, flow) = try disc()
    let result = try AutomaticMasks(.everythingMoving).masks(for: clip, flow: flow)
    #expect(result.method == .motionOnly)
    #expect(result.warnings.isEmpty)
    #expect(overlaps(result.object.masks, truth).allSatisfy { $0 > 0.75 }, "\(overlaps(result.object.masks, truth))")
  }

  @Test("Anchors outside the clip, and masks of another size, are refused")
  func refusals() throws {
    let (clip, truth, flow) = try disc(frames: 2)
    let small = Mask(size: PixelSize(width: 8, height: 8), values: [UInt8](repeating: 255, count: 64))
    let bad = [
      MaskAnchor(layer: "a", frame: 2, shape: .mask(truth[0])), MaskAnchor(layer: "a", frame: 0, shape: .mask(small)),
      MaskAnchor(layer: "a", frame: 0, shape: .box(x: 160, y: 0, width: 5, height: 5)),
      MaskAnchor(layer: "a", frame: 0, shape: .points(on: [(-1, 3)], off: [])),
    ]
    for anchor in bad {
      let error = #expect(throws: PerceptionError.self) { try guided.masks(for: clip, flow: flow, anchors: [anchor]) }
      #expect(error?.category == .badData)
    }
  }
}

@Suite struct MaskAgreementTests {
  private func mask(_ values: [UInt8]) -> Mask { Mask(size: PixelSize(width: values.count, height: 1), values: values) }

  @Test("It is the mean over frames of intersection over union")
  func known() throws {
    let agreement = try MaskAgreement(
      of: [mask([255, 255, 0, 0]), mask([0, 0, 0, 0])], against: [mask([255, 0, 255, 0]), mask([0, 0, 0, 0])])
    #expect(agreement.frames == [1.0 / 3, 1])
    #expect(abs(agreement.mean - 2.0 / 3) < 1e-12)
  }

  @Test func masksThatDoNotFitAreRefused() {
    #expect(throws: PerceptionError.self) { try MaskAgreement(of: [mask([0])], against: []) }
    #expect(throws: PerceptionError.self) { try MaskAgreement(of: [mask([0])], against: [mask([0, 0])]) }
  }
}

@Suite struct ShotCutTests {
  let size = PixelSize(width: 160, height: 120)

  @Test("Flow that fails is no cut where the colours stay")
  func failedFlow() throws {
    let frames = TestPictures.movingDisc(size, frames: 3).clip.frames
    let still = FlowField(size: size, vectors: [Float](repeating: 0, count: 2 * size.pixelCount))
    let nowhere = [UInt8](repeating: 0, count: size.pixelCount)
    let pair = FlowPair(forward: still, backward: still, forwardValid: nowhere, backwardValid: nowhere)
    #expect(try ShotCuts(frames: frames, flow: [pair, pair]).cuts.isEmpty)
  }

  @Test("A change to another picture is a cut, motion is not")
  func cuts() throws {
    let (first, _) = TestPictures.movingDisc(size, frames: 4)
    let second = (0..<3).map { t in
      TestPictures.frame(size) { x, y in 1 - 0.5 * TestPictures.texture(1.7 * x + Double(t), 2.3 * y, seed: 5) }
    }
    let frames = first.frames + second
    let shots = try ShotCuts(frames: frames, flow: FlowEstimator().pairs(for: frames))
    #expect(shots.cuts == [4])
    #expect(shots.shots == [0..<4, 4..<7])
    #expect(shots.longest == 0..<4)
    let whole = try ShotCuts(frames: first.frames, flow: FlowEstimator().pairs(for: first.frames))
    #expect(whole.cuts.isEmpty && whole.longest == 0..<4)
  }
}

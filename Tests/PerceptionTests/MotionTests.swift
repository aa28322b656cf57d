import Foundation
import Media
import Testing

@testable import Perception

@Suite struct MotionTests {
  let size = PixelSize(width: 160, height: 120)

  /// The flow field of a known map; everything valid.
  private func flow(of step: Homography) -> FlowPair {
    func field(_ map: Homography) -> FlowField {
      FlowField(
        size: size,
        vectors: (0..<size.pixelCount).flatMap { index in
          let x = Double(index % size.width)
          let y = Double(index / size.width)
          let there = map.apply(x, y)
          return [Float(there.x - x), Float(there.y - y)]
        })
    }
    let valid = [UInt8](repeating: 1, count: size.pixelCount)
    return FlowPair(
      forward: field(step), backward: field(step.inverse ?? .identity), forwardValid: valid, backwardValid: valid)
  }

  private func worstDistance(_ a: Homography, _ b: Homography, over size: PixelSize) -> Double {
    [(0, 0), (size.width, 0), (0, size.height), (size.width, size.height)].map { corner in
      let p = a.apply(Double(corner.0), Double(corner.1))
      let q = b.apply(Double(corner.0), Double(corner.1))
      return hypot(p.x - q.x, p.y - q.y)
    }.max() ?? .infinity
  }

  @Test("A chain of known homographies comes back, frame by frame, to a hundredth of a pixel")
  func chainOfHomographies() throws {
    let steps = (0..<5).map { t in
      Homography([1.01, 0.004, 2 - Double(t), -0.003, 0.995, 0.5 * Double(t), 2e-5, -1e-5, 1])
    }
    let motion = try MotionEstimator.camera(flow: steps.map(flow(of:)), excluding: [])
    #expect(motion.referenceFrame == 3)
    #expect(motion.toReference.count == 6)
    #expect(motion.toReference[3] == .identity)
    #expect(worstDistance(motion.toReference[2], steps[2], over: size) < 0.01)
    #expect(worstDistance(motion.toReference[0], steps[2] * steps[1] * steps[0], over: size) < 0.01)
    let back = try #require((steps[4] * steps[3]).inverse)
    #expect(worstDistance(motion.toReference[5], back, over: size) < 0.01)
  }

  @Test("On pictures the camera follows the background, the object's motion the object")
  func picturesWithObject() throws {
    let (clip, masks) = TestPictures.movingDisc(size, frames: 5, speed: 3)
    let pairs = try FlowEstimator().pairs(for: clip.frames)
    let camera = try MotionEstimator.camera(flow: pairs, excluding: [masks])
    let object = try MotionEstimator.object(flow: pairs, masks: masks)
    for (t, offset) in zip(0..<5, -2...2) {
      let background = Homography([1, 0, Double(offset), 0, 1, 0, 0, 0, 1])
      #expect(worstDistance(camera.toReference[t], background, over: size) < 0.5)
      let centre = (x: 160.0 / 3 + 3 * Double(t), y: 60.0)
      let found = object.toReference[t].apply(centre.x, centre.y)
      #expect(hypot(found.x - (160.0 / 3 + 6), found.y - 60) < 0.3)
    }
  }

  @Test("Few matches or an absurd step give the identity")
  func fallsBackToIdentity() throws {
    var blind = flow(of: Homography([1, 0, 5, 0, 1, 0, 0, 0, 1]))
    blind.forwardValid = [UInt8](repeating: 0, count: size.pixelCount)
    let absurd = flow(of: Homography([3, 0, 0, 0, 3, 0, 0, 0, 1]))
    #expect(try MotionEstimator.camera(flow: [blind, absurd], excluding: []) == .still(frames: 3))
    let none = Array(repeating: Mask(size: size, values: [UInt8](repeating: 0, count: size.pixelCount)), count: 3)
    #expect(try MotionEstimator.object(flow: [blind, absurd], masks: none) == .still(frames: 3))
  }

  @Test("An object whose pixels follow no plane motion gets their median displacement")
  func medianForChaos() throws {
    var pair = flow(of: Homography([1, 0, 4, 0, 1, -2, 0, 0, 1]))
    var random = SplitMix64(state: 5)
    for index in pair.forward.vectors.indices where index % 10 > 2 {
      pair.forward.vectors[index] += Float.random(in: -30...30, using: &random)
    }
    let full = Array(repeating: Mask(size: size, values: [UInt8](repeating: 255, count: size.pixelCount)), count: 2)
    let motion = try MotionEstimator.object(flow: [pair], masks: full)
    let m = try #require(motion.toReference[0].matrix.count == 9 ? motion.toReference[0].matrix : nil)
    #expect([m[0], m[1], m[3], m[4]] == [1, 0, 0, 1])
    #expect(abs(m[2] - 4) < 1 && abs(m[5] + 2) < 1)
  }

  @Test("The same seed finds the same motion")
  func isDeterministic() throws {
    let (clip, masks) = TestPictures.movingDisc(size, frames: 3)
    let pairs = try FlowEstimator().pairs(for: clip.frames)
    let runs = try (0..<3).map { _ in
      [
        try MotionEstimator.camera(flow: pairs, excluding: [masks]),
        try MotionEstimator.object(flow: pairs, masks: masks),
      ]
    }
    #expect(runs[0] == runs[1] && runs[1] == runs[2])
  }

  @Test("Masks that do not fit are refused")
  func refusals() throws {
    let pair = flow(of: .identity)
    let mask = Mask(size: size, values: [UInt8](repeating: 0, count: size.pixelCount))
    let small = Mask(size: PixelSize(width: 2, height: 2), values: [0, 0, 0, 0])
    #expect(throws: PerceptionError.maskCountDiffers(masks: 1, frames: 2)) {
      try MotionEstimator.object(flow: [pair], masks: [mask])
    }
    #expect(throws: PerceptionError.sizeDiffers(what: "mask 1", size: small.size, expected: size)) {
      try MotionEstimator.camera(flow: [pair], excluding: [[mask, small]])
    }
  }
}

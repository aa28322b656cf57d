import Foundation
import Media
import Testing

@testable import Perception

@Suite struct FlowTests {
  let size = PixelSize(width: 96, height: 72)

  @Test(
    "DIS flow of a shifted texture is the shift, to a tenth of a pixel inside the frame",
    arguments: [(3.0, -2.0), (0.4, 0.7)])
  func recoversShift(dx: Double, dy: Double) throws {
    let from = TestPictures.frame(size) { TestPictures.texture($0, $1) }
    let to = TestPictures.frame(size) { TestPictures.texture($0 - dx, $1 - dy) }
    let flow = try DISOpticalFlow().flow(from: from, to: to)
    var worst = 0.0
    for y in 12..<size.height - 12 {
      for x in 12..<size.width - 12 {
        let index = 2 * (y * size.width + x)
        worst = max(worst, hypot(Double(flow.vectors[index]) - dx, Double(flow.vectors[index + 1]) - dy))
      }
    }
    #expect(worst < 0.1)
  }

  @Test("Flow is the same in every run")
  func isDeterministic() throws {
    let (clip, _) = TestPictures.movingDisc(size, frames: 3)
    #expect(try FlowEstimator().pairs(for: clip.frames) == FlowEstimator().pairs(for: clip.frames))
  }

  @Test("A clip longer than the estimator's blocks has the flow of each of its pairs, in order")
  func blocks() throws {
    let (clip, _) = TestPictures.movingDisc(PixelSize(width: 32, height: 24), frames: 19)
    var seen: [Int] = []
    let pairs = try FlowEstimator().pairs(for: clip.frames) { done, _ in seen.append(done) }
    #expect(pairs.count == 18)
    #expect(seen == Array(1...18))
    for (index, pair) in pairs.enumerated() {
      #expect(try pair.forward == DISOpticalFlow().flow(from: clip.frames[index], to: clip.frames[index + 1]))
      #expect(try pair.backward == DISOpticalFlow().flow(from: clip.frames[index + 1], to: clip.frames[index]))
    }
  }

  @Test("The end-point error is the mean distance of the vectors that are known")
  func endPointError() {
    let size = PixelSize(width: 4, height: 1)
    let flow = FlowField(size: size, vectors: [3, 4, 0, 0, 1, 1, 100, 0])
    let truth = MeasuredFlow(flow: FlowField(size: size, vectors: [0, 0, 0, 0.5, 1, 1, 0, 0]), valid: [1, 1, 1, 0])
    let error = EndPointError(of: [flow], against: [truth])
    #expect(error?.mean == 5.5 / 3)
    #expect(error?.aboveOnePixel == 1.0 / 3)
    #expect(error?.pixels == 3)
    #expect(EndPointError(of: [flow], against: [MeasuredFlow(flow: flow, valid: [0, 0, 0, 0])]) == nil)
  }

  @Test("Grey is 0.299 R + 0.587 G + 0.114 B of 8-bit values, rounded")
  func greyValues() {
    let frame = Frame(
      size: PixelSize(width: 3, height: 1),
      pixels: [255, 0, 0, 10, 200, 30, 255, 255, 255].map { UInt16($0 * 257) })
    #expect(GreyImage(frame).values == [76, 124, 255])
  }

  @Test("Consistent flow is valid; flow that the way back contradicts, leaves the frame or is no number is not")
  func consistency() {
    let size = PixelSize(width: 8, height: 4)
    var there = FlowField(size: size, vectors: (0..<32).flatMap { _ in [Float(1.5), 0] })
    var back = FlowField(size: size, vectors: (0..<32).flatMap { _ in [Float(-1.5), 0] })
    back.vectors[2 * (1 * 8 + 4)] = 3
    there.vectors[2 * (3 * 8 + 2)] = .nan
    let valid = FlowConsistency.validity(of: there, against: back)
    // x = 6 and 7 leave the frame (7.5 samples half of the border); (2, 1) and (3, 1) land next to the contradiction,
    // half of 4.5 px each.
    #expect(
      valid == [
        1, 1, 1, 1, 1, 1, 1, 0,
        1, 1, 0, 0, 1, 1, 1, 0,
        1, 1, 1, 1, 1, 1, 1, 0,
        1, 1, 0, 1, 1, 1, 1, 0,
      ])
  }

  @Test("What a moving object covers next has no valid flow; what stays in sight has")
  func occlusion() throws {
    let size = PixelSize(width: 160, height: 120)
    let (clip, masks) = TestPictures.movingDisc(size, frames: 2, speed: 6)
    let pairs = try FlowEstimator().pairs(for: clip.frames)
    var covered = 0
    var coveredValid = 0
    var inSightValid = 0
    for y in 0..<size.height {
      for x in 0..<size.width - 1 {
        let index = y * size.width + x
        let before = masks[0].values[index] > 127
        // The background moves left by one: pixel x is at x - 1 next.
        let isCovered = !before && x > 0 && masks[1].values[index - 1] > 127
        if isCovered {
          covered += 1
          coveredValid += Int(pairs[0].forwardValid[index])
        } else {
          inSightValid += Int(pairs[0].forwardValid[index])
        }
      }
    }
    #expect(covered > 200)
    #expect(Double(coveredValid) / Double(covered) < 0.35)
    #expect(Double(inSightValid) / Double(size.pixelCount) > 0.85)
  }

  @Test("Unsuitable frames are refused with a sentence")
  func refusals() {
    let frame = Frame(size: size)
    let other = Frame(size: PixelSize(width: 96, height: 70))
    let tiny = Frame(size: PixelSize(width: 96, height: 8))
    #expect(throws: PerceptionError.tooFewFrames(1)) { try FlowEstimator().pairs(for: [frame]) }
    #expect(throws: PerceptionError.frameSizeDiffers(frame: 2, size: other.size, expected: size)) {
      try FlowEstimator().pairs(for: [frame, frame, other])
    }
    #expect(throws: PerceptionError.frameTooSmall(tiny.size, minimum: 16)) {
      try FlowEstimator().pairs(for: [tiny, tiny])
    }
  }

  @Test("Progress counts every pair")
  func progress() throws {
    let (clip, _) = TestPictures.movingDisc(size, frames: 4)
    var seen: [Int] = []
    _ = try FlowEstimator().pairs(for: clip.frames) { done, count in
      seen.append(done)
      #expect(count == 3)
    }
    #expect(seen == [1, 2, 3])
  }
}

import Foundation
import Inference
import Media
import Testing

@testable import Perception

/// The published small network against what the original code gives for real pictures: every stage.
@Suite(
  .enabled(if: PublishedRAFT.isPresent, "needs HYPERNVD_DATA (weights/raft-small.pth, weights/raft-small-fixture)"))
struct PublishedRAFTTests {
  /// Channels-last values of a `[1, channels, height, width]` array.
  private func array(_ name: String) throws -> Tensor {
    let array = try PublishedRAFT.array(name)
    let shape = Array(array.shape.suffix(3))
    let result = Tensor([shape[1], shape[2], shape[0]])
    let area = shape[1] * shape[2]
    for channel in 0..<shape[0] {
      for place in 0..<area { result.pointer[place * shape[0] + channel] = array.values[channel * area + place] }
    }
    return result
  }

  private func difference(_ a: Tensor, _ b: Tensor) -> Float {
    #expect(a.shape == b.shape)
    return zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
  }

  private func plan(iterations: Int) throws -> (plan: RAFTPlan, frames: [Frame]) {
    let frames = try PublishedRAFT.frames()
    let weights = try RAFTWeights(contentsOf: PublishedRAFT.weights)
    return (try RAFTPlan(weights, size: frames[0].size, iterations: iterations), frames)
  }

  @Test func featureMapsAndContext() throws {
    let (plan, frames) = try plan(iterations: 1)
    #expect(try difference(plan.featureEncoder(plan.normalised(frames[0])), array("fmap1")) < 1e-4)
    #expect(try difference(plan.featureEncoder(plan.normalised(frames[1])), array("fmap2")) < 1e-4)
    #expect(try difference(plan.contextEncoder(plan.normalised(frames[0])), array("cnet")) < 1e-4)
  }

  @Test(arguments: ["identity", "coords"])
  func lookUps(name: String) throws {
    let (features, other) = (try array("fmap1"), try array("fmap2"))
    let (height, width) = (features.shape[0], features.shape[1])
    let centres = name == "coords" ? try array("lookup_coords_xy") : Tensor([height, width, 2])
    if name == "identity" {
      for place in 0..<height * width {
        centres.pointer[2 * place] = Float(place % width)
        centres.pointer[2 * place + 1] = Float(place / width)
      }
    }
    let samples = Tensor([height, width, 196])
    CorrelationPyramid(other).lookUp(features, at: centres, radius: 3, into: samples)
    #expect(try difference(samples, array("corr_lookup_\(name)")) < 1e-4)
  }

  @Test(arguments: [1, 12])
  func flow(iterations: Int) throws {
    let (plan, frames) = try plan(iterations: iterations)
    let (from, to) = (try plan.prepare(frames[0]), try plan.prepare(frames[1]))
    let coarse = try plan.coarseFlow(from: from, to: to).flow
    #expect(try difference(coarse, array("flow_low_iter\(iterations)")) < 1e-3)
    let fine = try array("flow_up_iter\(iterations)")
    #expect(
      try plan.flow(from: from, to: to).distance(from: FlowField(size: frames[0].size, vectors: fine.values)) < 1e-3)
  }

  @Test("Flow of a real pair is within 0.45 px of the reference in the mean, DIS further away", arguments: [30, 31])
  func tennis(frame: Int) throws {
    let folder = OutsideData.folder.appendingPathComponent("weights/tennis-reference")
    let frames = try [frame, frame + 1].map { index in
      try #require(
        try ClipReader.read(folder.appendingPathComponent("rgb_00\(index).png"), ClipRequest()).frames.first)
    }
    let truth = try FlowFile.readMeasured(folder.appendingPathComponent("raft_flow_00\(frame).flo"))
    let raft = try RAFT(contentsOf: PublishedRAFT.weights).flow(from: frames[0], to: frames[1])
    let error = try #require(EndPointError(of: [raft], against: [truth]))
    let dis = try #require(
      EndPointError(of: [try DISOpticalFlow().flow(from: frames[0], to: frames[1])], against: [truth]))
    #expect(error.mean < 0.45, "\(error), DIS \(dis)")
    #expect(error.mean < dis.mean)
  }
}

/// Where the published weights and their fixture are.
private enum PublishedRAFT {
  static let weights = OutsideData.folder.appendingPathComponent("weights/raft-small.pth")
  static let fixture = OutsideData.folder.appendingPathComponent("weights/raft-small-fixture")
  static let isPresent = [weights, fixture].allSatisfy { FileManager.default.fileExists(atPath: $0.path) }

  /// A float array of the fixture; its header is known to be 128 bytes of version 1.
  static func array(_ name: String) throws -> (shape: [Int], values: [Float]) {
    let (shape, data) = try contents(name)
    let values = data.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
    }
    return (shape, values)
  }

  static func frames() throws -> [Frame] {
    try [1, 2].map { number in
      let (shape, data) = try contents("image\(number)_rgb_u8_hwc")
      return Frame(size: PixelSize(width: shape[1], height: shape[0]), pixels: data.map { UInt16($0) * 257 })
    }
  }

  private static func contents(_ name: String) throws -> (shape: [Int], data: Data) {
    let file = try Data(contentsOf: fixture.appendingPathComponent(name + ".npy"))
    let header = String(decoding: file[10..<128], as: UTF8.self)
    let inside = try #require(header.split(separator: "(").last?.split(separator: ")").first)
    let shape = inside.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    return (shape, file.dropFirst(128))
  }
}

import Foundation
import Media
import Testing

@testable import Perception

/// Pictures and model files that are not in the package: the folder named by HYPERNVD_DATA, by default `../shared`.
enum OutsideData {
  static let folder: URL = {
    let named = ProcessInfo.processInfo.environment["HYPERNVD_DATA"] ?? "../shared"
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return URL(fileURLWithPath: named, relativeTo: package)
  }()
  static let model = folder.appendingPathComponent("weights/u2netp.onnx")
  static let isPresent =
    FileManager.default.fileExists(atPath: model.path)
    && FileManager.default.fileExists(atPath: folder.appendingPathComponent("davis").path)
}

@Suite struct RealClipTests {
  @Test(
    "Automatic masks of real clips overlap the true ones",
    .enabled(if: OutsideData.isPresent, "needs HYPERNVD_DATA (davis, weights/u2netp.onnx)"),
    arguments: [("blackswan", 0.9), ("car-turn", 0.75), ("flamingo", 0.6)])
  func overlap(sequence: String, least: Double) throws {
    let folder = OutsideData.folder.appendingPathComponent("davis/\(sequence)")
    let size = PixelSize(width: 428, height: 240)
    let clip = try ClipReader.read(folder.appendingPathComponent("frames"), ClipRequest(frames: 0..<4, size: size))
    let truth = try MaskReader.read(folder.appendingPathComponent("masks"), size: size, frames: 0..<4)[0].masks
    let flow = try FlowEstimator().pairs(for: clip.frames)
    let result = try AutomaticMasks(modelURL: OutsideData.model).masks(for: clip, flow: flow)
    #expect(result.method == .saliencyAndMotion)
    #expect(result.warnings.isEmpty)
    let mean = zip(result.object.masks, truth).map(TestPictures.overlap).reduce(0, +) / 4
    #expect(mean > least, "\(sequence): \(mean)")
  }
}

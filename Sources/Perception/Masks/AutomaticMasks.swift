import Foundation
import Media
import Weights

/// Finds the main object of a clip without help: what stands out and moves by itself.
///
/// Each frame's saliency (U2-Net-p) is averaged with its neighbours' along the flow, and combined with the motion that
/// the camera does not explain. Without the model file motion alone decides, which is much less exact.
public struct AutomaticMasks: Sendable {
  private let modelURL: URL?

  /// - Parameter modelURL: the saliency model, an ONNX file; nil for motion alone.
  public init(modelURL: URL? = AutomaticMasks.defaultModelURL()) {
    self.modelURL = modelURL
  }

  /// Where scripts/setup puts the model: `hypernvd/models/u2netp.onnx` in the user's data folder (`XDG_DATA_HOME`, by
  /// default `~/.local/share`).
  public static func defaultModelURL() -> URL {
    UserFolders().data.appendingPathComponent("hypernvd/models/u2netp.onnx")
  }

  /// The masks of the clip's main object.
  /// - Parameters:
  ///   - flow: one pair for each two neighbouring frames (`FlowEstimator`).
  ///   - progress: called on the calling thread with the frames done and the frames in all.
  /// - Throws: `PerceptionError` where nothing or everything was found, the model file is damaged, or counts do not fit.
  public func masks(
    for clip: Clip, flow: [FlowPair], progress: ((Int, Int) -> Void)? = nil
  ) throws -> AutomaticMaskResult {
    try check(clip, flow)
    let camera = try MotionEstimator.camera(flow: flow, excluding: [])
    var motion = try MotionSaliency(flow: flow, camera: camera, size: clip.size)
    motion.maps = try FlowConsensus.average(motion.maps, flow: flow, radius: MaskEvidence.consensusRadius)
    var warnings: [String] = []
    let masks: [Mask]
    let saliency = try saliency(of: clip.frames, progress: progress)
    if let saliency {
      let agreed = try FlowConsensus.average(saliency, flow: flow, radius: MaskEvidence.consensusRadius)
      masks = try MaskEvidence.combine(saliency: agreed, motion: motion).map { $0.mask(above: 0.5) }
    } else {
      masks = try MaskEvidence.masks(from: motion)
      let file = modelURL.map { " (\($0.path))" } ?? ""
      warnings.append(
        "the saliency model\(file) is absent, so the masks come from motion alone and may be rough: run scripts/setup, "
          + "or give masks of your own")
    }
    let coverage = masks.map(\.coverage)
    let mean = coverage.reduce(0, +) / Double(coverage.count)
    guard mean >= 0.001 else { throw PerceptionError.nothingFound(coverage: mean) }
    guard mean <= 0.95 else { throw PerceptionError.everythingFound(coverage: mean) }
    return AutomaticMaskResult(
      object: ObjectMasks(name: "foreground", masks: masks),
      method: saliency == nil ? .motionOnly : .saliencyAndMotion, warnings: warnings, coverage: coverage)
  }

  private func check(_ clip: Clip, _ flow: [FlowPair]) throws(PerceptionError) {
    guard clip.frames.count > 1 else { throw .tooFewFrames(clip.frames.count) }
    guard flow.count == clip.frames.count - 1 else {
      throw .flowCountDiffers(pairs: flow.count, frames: clip.frames.count)
    }
    for (index, frame) in clip.frames.enumerated() where frame.size != clip.size {
      throw .frameSizeDiffers(frame: index, size: frame.size, expected: clip.size)
    }
    for (index, pair) in flow.enumerated() where pair.forward.size != clip.size || pair.backward.size != clip.size {
      throw .sizeDiffers(what: "the flow of pair \(index)", size: pair.forward.size, expected: clip.size)
    }
  }

  /// The saliency of every frame at the frames' size, or nil without a model file.
  private func saliency(of frames: [Frame], progress: ((Int, Int) -> Void)?) throws -> [SoftMap]? {
    guard let modelURL, let model = try SaliencyNetwork.bytes(of: modelURL) else { return nil }
    let networks = NetworkPool(model: model, file: modelURL.path)
    return try parallelMap(count: frames.count, progress: progress) { index in
      let values = try networks.withNetwork { network in try network.saliency(of: frames[index]) }
      return try SoftMap(size: SaliencyNetwork.size, values: values).resized(to: frames[index].size)
    }
  }
}

/// Networks read from one file, lent to one thread at a time.
private final class NetworkPool: @unchecked Sendable {
  private let model: [UInt8]
  private let file: String
  private let lock = NSLock()
  private var idle: [SaliencyNetwork] = []

  init(model: [UInt8], file: String) {
    self.model = model
    self.file = file
  }

  func withNetwork<Value>(_ body: (SaliencyNetwork) throws -> Value) throws -> Value {
    let network = try lock.withLock { idle.popLast() } ?? SaliencyNetwork(model: model, file: file)
    defer { lock.withLock { idle.append(network) } }
    return try body(network)
  }
}

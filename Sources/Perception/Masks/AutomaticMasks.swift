import Foundation
import Media
import Weights

/// Finds objects of a clip without help: the main one, which stands out and moves by itself, or everything that moves.
///
/// Each frame's saliency (U2-Net-p) is averaged with its neighbours' along the flow, and combined with the motion that
/// the camera does not explain. What comes out is made to agree over time (`MaskSweep`), corrected by the colours of the
/// object and its surroundings over all frames (`ColourModel`), and made to agree again; all at a reduced size
/// (`MaskScene`). Without the model file motion alone decides, which is much less exact.
public struct AutomaticMasks: Sendable {
  /// What is looked for.
  public enum Target: Sendable {
    /// The one thing that stands out and moves by itself.
    case mainObject
    /// All that moves against the camera, whether it stands out or not.
    case everythingMoving
  }

  /// What the colours' word counts.
  private static let colourWeight: Float = 0.5

  private let modelURL: URL?
  private let target: Target

  /// - Parameter modelURL: the saliency model, an ONNX file; nil for motion alone.
  public init(_ target: Target = .mainObject, modelURL: URL? = AutomaticMasks.defaultModelURL()) {
    self.target = target
    self.modelURL = modelURL
  }

  /// Where scripts/setup puts the model: `u2netp.onnx` in the folder of models (`ModelStore`).
  public static func defaultModelURL() -> URL { ModelStore().folder.appendingPathComponent("u2netp.onnx") }

  /// The masks of what was looked for.
  /// - Parameters:
  ///   - flow: one pair for each two neighbouring frames (`FlowEstimator`).
  ///   - progress: called on the calling thread with the frames done and the frames in all.
  /// - Throws: `PerceptionError` where nothing or everything was found, the model file is damaged, or counts do not fit.
  public func masks(
    for clip: Clip, flow: [FlowPair], progress: ((Int, Int) -> Void)? = nil
  ) throws -> AutomaticMaskResult {
    try Self.check(clip, flow)
    let scene = try MaskScene(clip.frames, flow: flow)
    let found = try evidence(for: clip, flow: flow, in: scene, progress: progress)
    let settled = try Self.settled(found.maps, in: scene)
    let masks = try parallelMap(count: settled.count) { try settled[$0].resized(to: clip.size).mask(above: 0.5) }
    let coverage = masks.map(\.coverage)
    let mean = coverage.reduce(0, +) / Double(coverage.count)
    guard mean >= 0.001 else { throw PerceptionError.nothingFound(coverage: mean) }
    guard mean <= 0.95 else { throw PerceptionError.everythingFound(coverage: mean) }
    return AutomaticMaskResult(
      object: ObjectMasks(name: "foreground", masks: masks), method: found.method, warnings: found.warnings,
      coverage: coverage, certainty: settled.reduce(0) { $0 + $1.expectedOverlap } / Double(settled.count))
  }

  /// How much each pixel of each frame may be an object, at the scene's size, as it is found frame by frame.
  func evidence(
    for clip: Clip, flow: [FlowPair], in scene: MaskScene, progress: ((Int, Int) -> Void)?
  ) throws -> (maps: [SoftMap], method: AutomaticMaskResult.Method, warnings: [String]) {
    let camera = try MotionEstimator.camera(flow: flow, excluding: [])
    var motion = try MotionSaliency(flow: flow, camera: camera, size: clip.size)
    motion.maps = try motion.maps.map { try $0.reduced(to: scene.size) }
    motion.maps = try FlowConsensus.average(motion.maps, flow: scene.flow, radius: MaskEvidence.consensusRadius)
    guard target == .mainObject else { return (try MaskEvidence.moving(motion), .motionOnly, []) }
    guard let saliency = try saliency(of: clip.frames, size: scene.size, progress: progress) else {
      let file = modelURL.map { " (\($0.path))" } ?? ""
      return (
        try MaskEvidence.masks(from: motion).map(SoftMap.init), .motionOnly,
        [
          "the saliency model\(file) is absent, so the masks come from motion alone and may be rough: run scripts/setup, "
            + "or give masks of your own"
        ]
      )
    }
    let agreed = try FlowConsensus.average(saliency, flow: scene.flow, radius: MaskEvidence.consensusRadius)
    return (try MaskEvidence.combine(saliency: agreed, motion: motion), .saliencyAndMotion, [])
  }

  private static func settled(_ maps: [SoftMap], in scene: MaskScene) throws -> [SoftMap] {
    let agreed = try MaskSweep.smoothed(maps, in: scene)
    guard let colours = try ColourModel(agreed, in: scene) else { return agreed }
    return try MaskSweep.smoothed(colours.applied(to: agreed, weight: colourWeight, in: scene), in: scene)
  }

  static func check(_ clip: Clip, _ flow: [FlowPair]) throws(PerceptionError) {
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

  /// The saliency of every frame, or nil without a model file.
  private func saliency(
    of frames: [Frame], size: PixelSize, progress: ((Int, Int) -> Void)?
  ) throws -> [SoftMap]? {
    guard let modelURL, let model = try SaliencyNetwork.bytes(of: modelURL) else { return nil }
    let networks = NetworkPool(model: model, file: modelURL.path)
    return try parallelMap(count: frames.count, progress: progress) { index in
      let values = try networks.withNetwork { network in try network.saliency(of: frames[index]) }
      return try SoftMap(size: SaliencyNetwork.size, values: values).resized(to: size)
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

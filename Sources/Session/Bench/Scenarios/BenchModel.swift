import Decomposition
import SyntheticScenes

/// A procedural clip, and a model that knows roughly where its object is: how much of a frame a layer covers decides what
/// rendering costs.
struct BenchModel {
  let clip: TrainingClip
  let model: NVDModel

  init(_ request: BenchRequest) throws {
    clip = try Self.clip(request)
    let trainer = try Trainer(
      clip: clip, configuration: .preset(.fast, for: request.size), seed: 1, threads: request.threads)
    for iteration in 0..<request.modelIterations {
      try trainer.step(progress: Double(iteration) / Double(request.modelIterations))
    }
    model = trainer.model
  }

  /// The procedural clip with its exact flow and masks.
  static func clip(_ request: BenchRequest) throws -> TrainingClip {
    var configuration = SceneConfiguration()
    configuration.size = request.size
    configuration.frameCount = request.frames
    return try clip(SceneGenerator.make(configuration))
  }

  /// A procedural scene with its exact flow and masks.
  static func clip(_ scene: SyntheticScene) throws -> TrainingClip {
    let flow = scene.exactFlow()
    let motion = try Preparation.motion(flow: flow, objects: scene.masks, SessionContext())
    return try Preparation(
      clip: scene.clip, flow: flow, objects: scene.masks, maskOrigin: "scene", motion: motion
    ).trainingClip()
  }
}

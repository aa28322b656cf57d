import Media
import SyntheticScenes

@testable import Decomposition

/// A procedural scene as a training clip, with its true motion. `pan` is the camera's, in frame widths a frame.
func makeClip(
  width: Int = 48, height: Int = 32, frames: Int = 4, foregrounds: Int = 1, seed: UInt64 = 3,
  pan: Double? = nil
) throws -> (clip: TrainingClip, scene: SyntheticScene) {
  var configuration = SceneConfiguration()
  configuration.size = PixelSize(width: width, height: height)
  configuration.frameCount = frames
  configuration.foregroundCount = foregrounds
  configuration.seed = seed
  if let pan { configuration.camera.panX = pan }
  let scene = SceneGenerator.make(configuration)
  let reference = frames / 2
  let motion = scene.layers.map { layer in
    let fromPlane = layer.similarity(frame: reference).inverse ?? .identity
    return (0..<frames).map { fromPlane * layer.similarity(frame: $0) }
  }
  return (
    try TrainingClip(frames: scene.clip.frames, objects: scene.masks, flow: scene.exactFlow(), motion: motion), scene
  )
}

extension DecompositionConfiguration {
  /// The networks of a preset at a size that a test can afford.
  static func tiny(_ preset: Preset) -> DecompositionConfiguration {
    var configuration = DecompositionConfiguration.preset(preset)
    configuration.model.mappingWidth = 16
    configuration.model.fieldWidth = 16
    for grid in [\ModelConfiguration.textureGrid, \.residualGrid, \.alphaGrid] {
      configuration.model[keyPath: grid].levels = 4
      configuration.model[keyPath: grid].baseResolution = 4
      configuration.model[keyPath: grid].log2TableSize = 8
    }
    configuration.training.sampling.batchPoints = 240
    configuration.training.sampling.patchEvery = 40
    configuration.training.warmupIterations = 0
    return configuration
  }
}

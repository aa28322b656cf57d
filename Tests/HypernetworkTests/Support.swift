import Decomposition
import Embedding
import Hypernetwork
import Media
import SyntheticScenes

/// A procedural clip with its true flow and motion.
func sceneClip(
  seed: UInt64, width: Int = 48, height: Int = 32, frames: Int = 4, foregrounds: Int = 1
) throws -> TrainingClip {
  var configuration = SceneConfiguration()
  configuration.size = PixelSize(width: width, height: height)
  (configuration.frameCount, configuration.foregroundCount, configuration.seed) = (frames, foregrounds, seed)
  let scene = SceneGenerator.make(configuration)
  let motion = scene.layers.map { layer in
    let fromPlane = layer.similarity(frame: frames / 2).inverse ?? .identity
    return (0..<frames).map { fromPlane * layer.similarity(frame: $0) }
  }
  return try TrainingClip(frames: scene.clip.frames, objects: scene.masks, flow: scene.exactFlow(), motion: motion)
}

func library(seeds: [UInt64], foregrounds: Int = 1) throws -> MemoryClipLibrary {
  MemoryClipLibrary(try seeds.map { ("scene\($0)", try sceneClip(seed: $0, foregrounds: foregrounds)) })
}

extension DecompositionConfiguration {
  /// A model and batches that a test can afford, in single precision.
  static var small: DecompositionConfiguration {
    var result = DecompositionConfiguration.preset(.fast)
    (result.model.mappingWidth, result.model.fieldWidth) = (16, 16)
    for grid in [\ModelConfiguration.textureGrid, \.residualGrid, \.alphaGrid] {
      result.model[keyPath: grid].levels = 4
      result.model[keyPath: grid].baseResolution = 4
      result.model[keyPath: grid].log2TableSize = 8
    }
    (result.training.sampling.batchPoints, result.training.sampling.patchEvery) = (240, 40)
    result.training.precision = .single
    return result
  }
}

extension HypernetworkConfiguration {
  static func small(_ form: Form) -> HypernetworkConfiguration {
    var result = HypernetworkConfiguration.preset(form)
    (result.hiddenWidth, result.rank) = (12, 5)
    return result
  }
}

/// A vector that depends on the middle frame, for tests of what needs some embedder.
struct ColourEmbedder: VideoEmbedder {
  let name = "colours"
  let dimension = 12
  let frameCount = 2

  func embed(_ frames: [Frame]) throws -> [Float] {
    let (frame, quarter) = (frames[0], frames[0].size.pixelCount / 4)
    return (0..<12).map { value in
      (value / 3 * quarter..<(value / 3 + 1) * quarter).reduce(Float.zero) {
        $0 + Float(frame.pixels[3 * $1 + value % 3]) * Frame.unit
      } / Float(quarter) * 4 - 1
    }
  }
}

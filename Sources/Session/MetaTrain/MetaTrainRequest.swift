import Decomposition
import Embedding
import Foundation
import Hypernetwork
import Media

/// Everything that decides how a metamodel is trained, apart from the clips and the seed.
public struct MetaTrainSettings: Codable, Equatable, Sendable {
  public var model: ModelConfiguration
  public var training: TrainingConfiguration
  public var hypernetwork: HypernetworkConfiguration
  public var meta: MetaTrainingConfiguration

  public init(
    preset: Preset = .fast, form: HypernetworkConfiguration.Form = .factorised,
    update: MetaTrainingConfiguration.Update = .reptile
  ) {
    let configuration = DecompositionConfiguration.preset(preset)
    (model, training) = (configuration.model, configuration.training)
    (hypernetwork, meta) = (.preset(form, for: update), .preset(update))
  }

  var decomposition: DecompositionConfiguration { DecompositionConfiguration(model: model, training: training) }
}

/// Which clips to train a metamodel on, and how.
public struct MetaTrainRequest: Sendable {
  public var clips: [MetaClip]
  /// Frames, size and number of frames of every clip; its path is not used.
  public var shot = ClipSource(path: "")
  /// The metamodel file to write; the checkpoint is beside it.
  public var output: URL
  public var flow: FlowChoice = .dis
  public var settings = MetaTrainSettings()
  public var embedder: EmbedderChoice = .descriptor
  /// `.iterations` are visits. nil takes that of the interrupted run, or half an hour.
  public var budget: TrainingBudget?
  public var seed: UInt64 = 0
  public var threads: Int?
  public var note: String?
  /// Where prepared clips are kept.
  public var cache = PreparedClipLibrary.defaultFolder
  /// Continues from the checkpoint; settings, embedder and seed are its own.
  public var resumes = false
  public var force = false

  public init(clips: [MetaClip], output: URL) {
    (self.clips, self.output) = (clips, output)
  }

  static let defaultBudget = TrainingBudget.seconds(1800)

  public var checkpoint: URL { output.appendingPathExtension("checkpoint") }
}

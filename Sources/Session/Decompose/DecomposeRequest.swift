import Decomposition
import Foundation

/// What to decompose, how, and where to. Everything has the default of the command line.
public struct DecomposeRequest: Equatable, Sendable {
  public var source: ClipSource
  public var output: URL
  public var masks: MaskChoice = .automatic
  /// Where the optical flow comes from.
  public var flow: FlowChoice = .dis
  public var preset: Preset = .fast
  /// Fields of the configuration that differ from the preset's.
  public var settings: [String: JSONValue] = [:]
  /// A metamodel whose prediction the training starts from; nil starts at random.
  public var metamodel: URL?
  public var seed: UInt64 = 0
  /// nil takes the preset's: 3 minutes for `fast`, 25,000 iterations for `paper`.
  public var budget: TrainingBudget?
  /// Takes a clip in which cuts are seen for a single shot.
  public var ignoresCuts = false
  /// Replaces a project that is there.
  public var force = false
  /// Threads to train on; nil uses every core.
  public var threads: Int?

  public init(source: ClipSource, output: URL) {
    self.source = source
    self.output = output
  }

  /// How long each preset trains where nothing else is asked for.
  public static func defaultBudget(of preset: Preset) -> TrainingBudget {
    switch preset {
    case .fast: .seconds(180)
    case .paper: .iterations(25_000)
    }
  }
}

/// Which interrupted project to finish.
public struct ResumeRequest: Equatable, Sendable {
  public var project: URL
  /// Where the clip is now, if no longer where it was.
  public var sourcePath: String?
  /// Another budget than the one that the project was started with, over all its parts.
  public var budget: TrainingBudget?
  public var threads: Int?

  public init(project: URL) {
    self.project = project
  }
}

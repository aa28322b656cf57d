import CKernels
import Decomposition
import Foundation
import Media

/// What to train from two starts, and how. Everything has the default of the command line.
public struct ComparisonRequest: Equatable, Sendable {
  /// What the runs are trained on.
  public enum Subject: Equatable, Sendable {
    case clip(ClipPreparation)
    /// The clip, flow and masks of a project, wherever the clip is now, if no longer where it was.
    case project(URL, sourcePath: String?)
  }

  public var subject: Subject
  public var initial: InitialChoice
  public var baseline: InitialChoice = .scratch
  /// A pair of runs each.
  public var budgets: [TrainingBudget]
  /// The folder that `curves.json` and `curves.svg` are written to.
  public var output: URL
  /// nil takes the project's, or `fast`.
  public var preset: Preset?
  /// Fields of the configuration that differ from the preset's; empty takes the project's where the preset is its.
  public var settings: [String: JSONValue] = [:]
  /// nil takes the project's, or 0.
  public var seed: UInt64?
  public var threads: Int?

  public init(subject: Subject, initial: InitialChoice, budgets: [TrainingBudget], output: URL) {
    (self.subject, self.initial, self.budgets, self.output) = (subject, initial, budgets, output)
  }
}

/// Trains a clip from two starts and writes how the quality rose.
public struct CompareSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Throws: `SessionError`, `MediaError`, `PerceptionError`, `DecompositionError`; `SessionError.interrupted` where
  ///   the work was stopped: nothing is written then.
  public func run(_ request: ComparisonRequest) throws -> ComparedStarts {
    let (initial, baseline) = (try request.initial.open(), try request.baseline.open())
    let subject = try Subject(request, model: initial.model ?? baseline.model, context)
    let configurations = try request.budgets.map(subject.configuration)
    for configuration in configurations { try configuration.check() }
    try FileAccess.makeFolder(request.output)
    let threads = request.threads ?? ProcessInfo.processInfo.activeProcessorCount
    let result = ComparedStarts(
      clip: subject.name, frames: subject.clip.frames.count, size: subject.clip.geometry.size, preset: subject.preset,
      settings: subject.settings, seed: subject.seed, threads: threads,
      kernels: String(cString: ck_active().pointee.name),
      budgets: try zip(request.budgets, configurations).map { budget, configuration in
        let comparison = StartComparison(
          clip: subject.clip, name: subject.name, configuration: configuration, seed: subject.seed, threads: threads,
          context: context)
        context.onEvent(.began(.embedding))
        let (start, other) = (try comparison.start(initial), try comparison.start(baseline))
        let second = try comparison.train(from: other, budget)
        return ComparedStarts.AtBudget(
          budget: budget, run: try comparison.train(from: start, budget), baseline: second)
      })
    try CurveFiles(result).write(to: request.output, context)
    return result
  }

  /// The clip and the settings of a request.
  private struct Subject {
    var name: String
    var clip: TrainingClip
    var preset: Preset
    var settings: [String: JSONValue]
    var seed: UInt64
    /// Of a start that fits no other.
    private let model: ModelConfiguration?

    /// - Parameter model: of a start that fits no other: its tables are taken, where no setting says otherwise.
    init(_ request: ComparisonRequest, model: ModelConfiguration?, _ context: SessionContext) throws {
      var record: ProjectRecord?
      switch request.subject {
      case .clip(let preparation):
        let source = try preparation.source.read(context)
        name = source.name
        clip = try Preparation(clip: source, masks: preparation.masks, flow: preparation.flow, context).trainingClip()
      case .project(let folder, let sourcePath):
        let project = try Project(opening: folder)
        (name, record) = (project.record.source.name, project.record)
        clip = try project.preparation(sourcePath: sourcePath, context).trainingClip()
      }
      preset = request.preset ?? record?.preset ?? .fast
      let inherited = preset == record?.preset ? record?.settings ?? [:] : [:]
      settings = SettingsDifference.combine(inherited, request.settings)
      seed = request.seed ?? record?.seed ?? 0
      self.model = model
    }

    /// What a training with this budget has.
    func configuration(_ budget: TrainingBudget) throws -> DecompositionConfiguration {
      var base = DecompositionConfiguration.preset(preset, for: clip.geometry.size, budget: budget)
      if let model { base.model.takeFit(of: model) }
      return try SettingsDifference.apply(settings, to: base)
    }
  }
}

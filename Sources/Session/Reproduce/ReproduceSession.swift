import Decomposition
import Foundation

/// A table of the paper that can be made again.
public protocol TableExperiment: Sendable {
  /// As it is called on the command line.
  var name: String { get }
  var table: PaperTable { get }
  /// What is run, in a sentence.
  var summary: String { get }
  /// Whether there is one metamodel in it, which may come from elsewhere.
  var takesMetamodel: Bool { get }
  /// Runs everything with the clips that are here.
  /// - Returns: for every row of the table, by clip, what was measured, and notes.
  func run(_ bench: Reproduction) throws -> (measured: [[String: Evaluation]], notes: [String])
}

extension TableExperiment {
  public var takesMetamodel: Bool { false }
}

/// The tables by name.
public enum TableExperiments {
  public static let all: [any TableExperiment] = [
    VideoCountTable(), UnseenTable(), EmbeddingTable(), MaskTable(), UnseenEmbeddingTable(),
  ]

  public static func named(_ name: String) -> (any TableExperiment)? { all.first { $0.name == name } }
}

/// What an experiment works with.
public struct Reproduction {
  let request: ReproduceRequest
  let data: ReproductionData
  /// The clips of the table that are here.
  let clips: [String]
  let configuration: DecompositionConfiguration
  let context: SessionContext

  var threads: Int { request.threads ?? ProcessInfo.processInfo.activeProcessorCount }

  /// Trains a clip with the budget of the request and measures it.
  /// - Parameter reference: the clip with the masks that alpha is compared with; nil: those of the training.
  func evaluation(
    of clip: TrainingClip, called name: String, from initial: any InitialParameters = FromScratch(),
    reference: TrainingClip? = nil
  ) throws -> Evaluation {
    let comparison = StartComparison(
      clip: clip, name: name, configuration: configuration, seed: request.seed, threads: threads, context: context)
    return try comparison.train(from: comparison.start(initial), request.budget, reference: reference).evaluation
  }
}

/// Makes tables of the paper again.
public struct ReproduceSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Throws: `SessionError`, and what preparing and training throw; `SessionError.interrupted` where it was stopped.
  public func run(_ experiment: any TableExperiment, _ request: ReproduceRequest) throws -> ReproducedTable {
    let configuration = try SettingsDifference.apply(
      request.settings, to: DecompositionConfiguration.preset(request.preset))
    try configuration.check()
    let data = ReproductionData(request: request, context: context)
    let (here, missing) = try data.clips(of: experiment.table)
    if !missing.isEmpty {
      context.onEvent(.note("table \(experiment.table.number) without \(missing.joined(separator: ", "))"))
    }
    let (measured, notes) = try experiment.run(
      Reproduction(request: request, data: data, clips: here, configuration: configuration, context: context))
    return ReproducedTable(
      table: experiment.table.number, title: experiment.table.title, budget: request.budget.text,
      frames: request.frames.count, size: request.size, preset: request.preset, settings: request.settings,
      seed: request.seed,
      rows: zip(experiment.table.rows, measured).map {
        ReproducedTable.Row($0, of: experiment.table, measured: $1)
      }, missing: missing, notes: notes)
  }
}

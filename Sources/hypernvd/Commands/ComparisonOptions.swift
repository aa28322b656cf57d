import ArgumentParser
import Decomposition
import Foundation
import Session

extension InitialChoice: ExpressibleByArgument {
  public init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self.init(argument)
  }
  public var defaultValueDescription: String { text }
}

/// Training the same clip from two starts: the options of `evaluate --against`.
struct ComparisonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Train from --init and from this start with everything else equal, and compare: scratch, or a file as for --init.",
      valueName: "start"))
  var against: InitialChoice?

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "Where the parameters start: a metamodel, the model.safetensors of another project, or scratch.",
      valueName: "file"))
  var initial: InitialChoice?

  @Option(help: ArgumentHelp("Train so long, each with a schedule of its own: 5s,10s,1m.", valueName: "times"))
  var budgets: ListArgument<Duration>?

  @Option(
    help: ArgumentHelp(
      "Train so many iterations instead: 100,500. The same seed then gives the same models bit for bit.",
      valueName: "counts"))
  var iterations: ListArgument<Int>?

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder for curves.json and curves.svg.", valueName: "folder"))
  var output: String?

  @OptionGroup(title: "The shot, where it is no project") var shot: ClipOptions
  @OptionGroup(title: "Optical flow, where it is no project") var flow: FlowOptions

  @Option(help: "fast or paper (default: the project's, or fast).") var preset: Preset?

  @Option(
    help: ArgumentHelp(
      "Change a field of the preset, as for decompose. Repeatable.", valueName: "key=value"))
  var set: [String] = []

  @Option(help: ArgumentHelp("Where random numbers start (default: the project's, or 0).", valueName: "number"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Threads to train on (default: every core).", valueName: "count"))
  var threads: Int?

  func validate() throws {
    guard against != nil else {
      let isStart = initial != nil || preset != nil || !set.isEmpty || seed != nil || threads != nil
      let isRun = budgets != nil || iterations != nil || output != nil
      if isStart || isRun || !shot.isEmpty || flow.choice != .dis {
        throw ValidationError(
          "--init, --budgets, --iterations, --output, and what says which frames, flow, settings, seed and threads, belong to "
            + "--against; add --against scratch.")
      }
      return
    }
    if initial == nil { throw ValidationError("--against compares with the start that --init names; add --init FILE.") }
    if output == nil { throw ValidationError("Name a folder for the curves with --output.") }
    if budgets != nil && iterations != nil { throw ValidationError("--budgets and --iterations exclude each other.") }
    if let few = iterations?.values.min(), few < 1 {
      throw ValidationError("--iterations must be at least 1, not \(few).")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  /// What to compare on `subject`, with these masks; nil without --against.
  func request(_ subject: String, masks: String?, sourcePath: String?) throws -> ComparisonRequest? {
    guard let against, let initial, let output else { return nil }
    let folder = URL(fileURLWithPath: subject)
    let isProject = FileAccess.exists(ProjectLayout(folder: folder).record)
    if isProject && masks != nil {
      throw ValidationError("A project is trained with its own masks; leave --masks out, or name the clip instead.")
    }
    if isProject && (!shot.isEmpty || flow.choice != .dis) {
      throw ValidationError("A project has its frames and its flow; leave them out, or name the clip instead.")
    }
    if !isProject && sourcePath != nil {
      throw ValidationError("--source says where a project's clip is now; \(subject) is no project.")
    }
    let clip = ClipPreparation(
      source: shot.source(subject), masks: masks.map { .given(path: $0) } ?? .automatic, flow: flow.choice)
    var request = ComparisonRequest(
      subject: isProject ? .project(folder, sourcePath: sourcePath) : .clip(clip), initial: initial,
      budgets: trainingBudgets, output: URL(fileURLWithPath: output))
    request.baseline = against
    request.preset = preset
    request.settings = try SettingsDifference.parse(set)
    request.seed = seed
    request.threads = threads
    return request
  }

  private var trainingBudgets: [TrainingBudget] {
    iterations?.values.map(TrainingBudget.iterations)
      ?? (budgets?.values ?? [5, 10, 20, 60].map(Duration.init(seconds:))).map { .seconds($0.seconds) }
  }
}

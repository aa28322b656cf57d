import ArgumentParser
import Decomposition
import Foundation
import Hypernetwork
import Session

/// `hypernvd reproduce`
struct ReproduceCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "Make a table of the paper again: this program's numbers beside the paper's.",
    discussion: """
      TABLES:
      \(TableExperiments.all.map { "  \($0.name): \($0.table.title). \($0.summary)." }.joined(separator: "\n"))

      The data folder has a folder for each clip, with its images in NAME/frames and its masks in NAME/masks. The paper's
      clips are those of DAVIS 2016, 480p. Clips that are not there are left out and named. The paper trains for hours on a
      graphics card; numbers at a smaller budget stand beside its numbers, and the budget stands above them.

      EXAMPLES:
        hypernvd reproduce table5 --data davis/ --budget 20s
        hypernvd reproduce table5 --data davis/ --budget 1m --clips hike,blackswan --json > table5.json
        hypernvd reproduce table3 --data davis/ --budget 10s --init meta.safetensors
        hypernvd reproduce table7 --data davis/ --budget 10s --meta-budget 5m
      """)

  @Argument(help: "One of the tables above.") var table: TableArgument
  @Option(help: ArgumentHelp("The folder with the clips.", valueName: "folder")) var data: String

  @Option(
    help: ArgumentHelp(
      "How long every run trains: 20s, 1m; a metamodel so long for each of its videos.", valueName: "time"))
  var budget: Duration?

  @Option(
    help: ArgumentHelp(
      "Train so many iterations instead; the same seed then gives the same result bit for bit.", valueName: "count"))
  var iterations: Int?

  @Option(
    help: ArgumentHelp(
      "table3, table7: how long a metamodel trains for each of its videos (default: the budget).", valueName: "time"))
  var metaBudget: Duration?
  @Option(
    help: ArgumentHelp("table3, table7: the same as a number of iterations.", valueName: "count"))
  var metaIterations: Int?
  @Option(
    name: .customLong("init"),
    help: ArgumentHelp("table3: take this metamodel instead of training one.", valueName: "metamodel"))
  var metamodel: String?
  @Option(help: "Hypernetworks: factorised, or full as the paper's.")
  var form: HypernetworkConfiguration.Form = .factorised
  @OptionGroup(title: "The embedder") var embedder: EmbedderOptions

  @Option(help: ArgumentHelp("Only these clips of the table, with commas between them.", valueName: "names"))
  var clips: ListArgument<String>?

  @Option(help: ArgumentHelp("Frames of every clip (default: the paper's, 0...15).", valueName: "range"))
  var frames: FrameRange?
  @Option(help: ArgumentHelp("Bring the frames to this size (default: the paper's, 768x432).", valueName: "WxH"))
  var size: SizeArgument?
  @OptionGroup(title: "Optical flow") var flow: FlowOptions
  @Option(help: "fast: minutes; paper: the paper's hyperparameters to the letter.") var preset: Preset = .fast
  @Option(
    help: ArgumentHelp("Change a field of the preset, as for decompose. Repeatable.", valueName: "key=value"))
  var set: [String] = []
  @Option(help: ArgumentHelp("Where random numbers start.", valueName: "number")) var seed: UInt64 = 0
  @Option(help: ArgumentHelp("Threads to train on (default: every core).", valueName: "count")) var threads: Int?
  @OptionGroup(title: "Prepared clips") var prepared: PreparedClipOptions
  @Flag(help: "Print one JSON object.") var json = false
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    guard (budget == nil) != (iterations == nil) else {
      throw ValidationError("Name either a --budget (a time) or --iterations, for every run.")
    }
    if let few = [iterations, metaIterations].compactMap({ $0 }).min(), few < 1 {
      throw ValidationError("--iterations and --meta-iterations must be at least 1, not \(few).")
    }
    if metaBudget != nil && metaIterations != nil {
      throw ValidationError("--meta-budget and --meta-iterations exclude each other.")
    }
    if metamodel != nil && !table.value.takesMetamodel {
      throw ValidationError("\(table.value.name) trains its own metamodels, or none; leave --init out.")
    }
    if let frames, frames.frames.count < 2 { throw ValidationError("--frames must have at least two frames.") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  func run() throws {
    let table = try ReproduceSession(EventPrinter(log).context).run(self.table.value, request())
    Terminal.clearProgress()
    print(json ? try Report.json(table) : Report.reproduced(table))
  }

  private func request() throws -> ReproduceRequest {
    let budget = iterations.map(TrainingBudget.iterations) ?? .seconds(budget?.seconds ?? 0)
    var request = ReproduceRequest(data: URL(fileURLWithPath: data), budget: budget)
    request.metaBudget = metaIterations.map(TrainingBudget.iterations) ?? metaBudget.map { .seconds($0.seconds) }
    request.metamodel = metamodel.map { URL(fileURLWithPath: $0) }
    request.form = form
    request.embedder = embedder.choice
    request.clips = clips?.values
    if let frames { request.frames = frames.frames }
    if let size { request.size = size.size }
    request.flow = flow.choice
    request.preset = preset
    request.settings = try SettingsDifference.parse(set)
    request.seed = seed
    request.threads = threads
    request.cache = prepared.folder
    return request
  }
}

/// The name of a table.
struct TableArgument: ExpressibleByArgument {
  let value: any TableExperiment

  init?(argument: String) {
    guard let value = TableExperiments.named(argument) else { return nil }
    self.value = value
  }

  static var allValueStrings: [String] { TableExperiments.all.map(\.name) }
}

import ArgumentParser
import Decomposition
import Foundation
import Session

extension Preset: ExpressibleByArgument {}

/// `hypernvd decompose`
struct DecomposeCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "decompose",
    abstract: "Turn a clip into layers: textures that can be painted, opacities, lighting.",
    discussion: """
      Reads a video file (anything that FFmpeg reads) or a folder of images, estimates flow and motion, finds the main
      object (or takes your masks), trains, and writes a project folder: project.json, model.safetensors,
      layers/NAME/texture.png and alpha.mp4, reconstruction.mp4, residual.mp4, comparison.mp4.

      Ctrl-C saves a checkpoint and exits with 130; --resume continues from there.

      EXAMPLES:
        hypernvd decompose clip.mp4 -o clip.nvd
        hypernvd decompose frames/ -o clip.nvd --masks masks/ --frames 0...15 --size 768x432 --time-budget 10m
        hypernvd decompose clip.mp4 -o clip.nvd --mask 7=cup.png
        hypernvd decompose clip.mp4 -o clip.nvd --flow raft:raft-small.pth
        hypernvd decompose clip.mp4 -o clip.nvd --set training.weights.bare=0
        hypernvd decompose clip.mp4 -o clip.nvd --init meta.safetensors --time-budget 20s
        hypernvd decompose -o clip.nvd --resume
      """)

  @Argument(help: ArgumentHelp("A video file or a folder of images; not needed with --resume.", valueName: "clip"))
  var clip: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("The project folder to write.", valueName: "project"))
  var output: String

  @OptionGroup(title: "The shot") var shot: ClipOptions

  @OptionGroup(title: "Objects") var masks: MaskOptions

  @OptionGroup(title: "Optical flow") var flow: FlowOptions

  @Option(
    name: .customLong("init"),
    help: ArgumentHelp(
      "Start from what this metamodel predicts for the clip (see 'hypernvd meta-train').", valueName: "metamodel"))
  var metamodel: String?

  @Option(help: "fast (the default): minutes; paper: the paper's hyperparameters to the letter.")
  var preset: Preset?

  @Option(
    help: ArgumentHelp(
      "Train for so long: 10m, 90s, 1h30m. Reading, flow and writing come on top.", valueName: "time"))
  var timeBudget: Duration?

  @Option(
    help: ArgumentHelp(
      "Train for so many iterations instead; the same seed then gives the same result bit for bit.",
      valueName: "count"))
  var iterations: Int?

  @Option(help: ArgumentHelp("Where random numbers start (default: 0).", valueName: "number"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Change a field of the preset, for example training.weights.residual_smoothness=0. Repeatable.",
      valueName: "key=value"))
  var set: [String] = []

  @Option(help: ArgumentHelp("Threads to train on (default: every core).", valueName: "count"))
  var threads: Int?

  @Flag(help: "Continue an interrupted project.") var resume = false
  @Flag(help: "Take a clip in which cuts are seen for a single shot.") var ignoreCuts = false
  @Flag(help: "Replace a project that is there.") var force = false
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    if clip == nil && !resume { throw ValidationError("Name a clip to decompose, or add --resume.") }
    if resume && force { throw ValidationError("--resume continues a project, --force replaces it; choose one.") }
    if resume, let option = optionsOfTheStart.first(where: \.isGiven) {
      throw ValidationError("\(option.name) begins a project, --resume continues one with the settings that it has.")
    }
    if timeBudget != nil && iterations != nil {
      throw ValidationError("--time-budget and --iterations exclude each other.")
    }
    if let iterations, iterations < 1 {
      throw ValidationError("--iterations must be at least 1, not \(iterations).")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  /// What a project keeps from its start.
  private var optionsOfTheStart: [(name: String, isGiven: Bool)] {
    [
      ("--init", metamodel != nil), ("--preset", preset != nil), ("--set", !set.isEmpty), ("--seed", seed != nil),
      ("What says which objects", masks.choice != .automatic), ("--flow", flow.choice != .dis),
      ("What says which frames", !shot.isEmpty), ("--ignore-cuts", ignoreCuts),
    ]
  }

  func run() throws {
    let session = DecomposeSession(EventPrinter(log).context)
    let project = resume ? try session.resume(resumeRequest) : try session.run(try request())
    print(Report.finished(project))
  }

  private var budget: TrainingBudget? {
    iterations.map(TrainingBudget.iterations) ?? timeBudget.map { .seconds($0.seconds) }
  }

  private func request() throws -> DecomposeRequest {
    var request = DecomposeRequest(source: shot.source(clip ?? ""), output: URL(fileURLWithPath: output))
    request.masks = masks.choice
    request.flow = flow.choice
    preset.map { request.preset = $0 }
    request.settings = try SettingsDifference.parse(set)
    request.metamodel = metamodel.map { URL(fileURLWithPath: $0) }
    seed.map { request.seed = $0 }
    request.budget = budget
    request.ignoresCuts = ignoreCuts
    request.force = force
    request.threads = threads
    return request
  }

  private var resumeRequest: ResumeRequest {
    var request = ResumeRequest(project: URL(fileURLWithPath: output))
    request.sourcePath = clip
    request.budget = budget
    request.threads = threads
    return request
  }
}

import ArgumentParser
import Foundation
import Session

/// `hypernvd bench`
struct BenchCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time parts of the method on this machine, beside the PyTorch peer if wanted.",
    discussion: """
      SCENARIOS:
      \(BenchScenarios.all.map { "  \($0.name): \($0.summary)." }.joined(separator: "\n"))

      Rates stand beside what the machine can do at most, measured in the same run: 32-bit products in registers, and
      adding one large array to another. docs/benchmarks.md tells what the numbers mean.

      --peer times the same iteration of the PyTorch peer (Benchmarks/peer) in the same run; it needs Python with
      PyTorch (pip install torch; HYPERNVD_PYTHON names another python).

      EXAMPLES:
        hypernvd bench iteration
        hypernvd bench iteration --json --peer
        hypernvd bench fast-iteration --peer
        hypernvd bench mlp
        hypernvd bench time-to-psnr --clip shot.mp4 --masks masks/ --seconds 60 --psnr 28 --psnr 30
      """)

  @Argument(help: "One of the scenarios above.") var scenario: ScenarioArgument
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(help: "Time the PyTorch peer as well (iteration, fast-iteration).") var peer = false
  @Option(help: ArgumentHelp("The peer's program.", valueName: "file"))
  var peerScript = "Benchmarks/peer/bench_iteration.py"
  @Option(help: ArgumentHelp("How many times to measure (default: the scenario's).", valueName: "count"))
  var repetitions: Int?
  @Option(help: ArgumentHelp("Threads (default: every core).", valueName: "count")) var threads: Int?
  @Option(help: ArgumentHelp("time-to-psnr: train on this clip instead of a procedural one.", valueName: "path"))
  var clip: String?
  @Option(help: ArgumentHelp("time-to-psnr: masks of that clip (default: found automatically).", valueName: "path"))
  var masks: String?
  @OptionGroup(title: "Which part of the clip") var shot: ClipOptions
  @Option(help: ArgumentHelp("time-to-psnr: seconds to train.", valueName: "seconds")) var seconds = 60.0
  @Option(help: ArgumentHelp("time-to-psnr: a PSNR whose time is wanted; repeatable.", valueName: "dB"))
  var psnr: [Double] = []
  @Option(help: ArgumentHelp("truth: iterations of its longest training.", valueName: "count")) var iterations = 6400
  @Option(
    help: ArgumentHelp(
      "Where a preset is trained: change a field of it, as decompose --set does; repeatable. The peer keeps the preset's.",
      valueName: "key=value"))
  var set: [String] = []
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    if let repetitions, !(1...10_000).contains(repetitions) {
      throw ValidationError("--repetitions must be from 1 to 10000, not \(repetitions).")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
    if !(0.1...86_400).contains(seconds) {
      throw ValidationError("--seconds must be from 0.1 to 86400, not \(seconds).")
    }
    if let odd = psnr.first(where: { !(0...200).contains($0) }) {
      throw ValidationError("--psnr must be from 0 to 200 dB, not \(odd).")
    }
    if !(1...10_000_000).contains(iterations) {
      throw ValidationError("--iterations must be from 1 to 10000000, not \(iterations).")
    }
    if !set.isEmpty, !scenario.value.hasSettings {
      throw ValidationError("--set changes a preset; \(scenario.value.name) does not train with one.")
    }
    if masks != nil, clip == nil { throw ValidationError("--masks needs the --clip that they belong to.") }
    if !shot.isEmpty, clip == nil {
      throw ValidationError("--frames, --size and --max-frames need the --clip that they belong to.")
    }
    if clip != nil, !(scenario.value is TimeToQualityScenario) {
      throw ValidationError("--clip is for time-to-psnr; \(scenario.value.name) has a clip of its own.")
    }
    if peer, scenario.value.peerArguments(threads: 1) == nil {
      throw ValidationError("--peer is for iteration and fast-iteration; the peer has no \(scenario.value.name).")
    }
  }

  func run() throws {
    var request = BenchRequest()
    request.repetitions = repetitions
    if let threads { request.threads = threads }
    request.clip = clip.map { shot.source($0) }
    request.masks = masks
    request.trainingSeconds = seconds
    if !psnr.isEmpty { request.thresholds = psnr }
    request.truthIterations = iterations
    request.settings = try set.reduce([:]) { SettingsDifference.combine($0, try SettingsDifference.parse($1)) }
    if peer { request.peerScript = URL(fileURLWithPath: peerScript) }
    let result = try BenchSession().run(scenario.value, request)
    print(json ? try Report.json(result) : Report.benchmark(result))
  }
}

/// The name of a scenario.
struct ScenarioArgument: ExpressibleByArgument {
  let value: any BenchScenario

  init?(argument: String) {
    guard let value = BenchScenarios.named(argument) else { return nil }
    self.value = value
  }

  static var allValueStrings: [String] { BenchScenarios.all.map(\.name) }
}

import ArgumentParser
import Decomposition
import Foundation
import Hypernetwork
import Session

extension HypernetworkConfiguration.Form: ExpressibleByArgument {}
extension MetaTrainingConfiguration.Update: ExpressibleByArgument {}

/// `hypernvd meta-train`
struct MetaTrainCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "meta-train",
    abstract: "Train a metamodel on some clips: what decompose --init starts from.",
    discussion: """
      A clip is a video file, a folder of images, or a folder with the images in 'frames' and masks in 'masks'. A folder
      of clips stands for all of them; a text file (.txt) lists a clip a line, behind a tab its masks. Masks are those of
      the list, else those called as the clip in the folder --masks, else 'masks' beside the frames; where there are none
      the main object is found automatically.

      --update reptile (the default) trains each clip for a moment from the prediction and moves the prediction toward
      the result; joint is the paper's: gradients through the hypernetwork. --form full is the paper's hypernetwork,
      factorised a low-rank one.

      Ctrl-C saves a checkpoint beside the output and exits with 130; --resume with the same clips continues.

      EXAMPLES:
        hypernvd meta-train clips/ -o meta.safetensors --time-budget 1h
        hypernvd meta-train a.mp4 b.mp4 c.mp4 --masks masks/ -o meta.safetensors --max-frames 16
        hypernvd meta-train clips.txt -o meta.safetensors --form full --update joint --preset paper --visits 500
        hypernvd meta-train clips/ -o meta.safetensors --set hypernetwork.rank=32 --set meta.rate=0.5
        hypernvd meta-train clips/ -o meta.safetensors --resume
      """)

  @Argument(help: ArgumentHelp("Clips, folders of clips, or lists.", valueName: "clips")) var clips: [String]
  @Option(name: .shortAndLong, help: ArgumentHelp("The metamodel to write.", valueName: "file")) var output: String
  @OptionGroup(title: "The shots") var shot: ClipOptions
  @Option(help: ArgumentHelp("A folder with masks of each clip, called as the clip.", valueName: "folder"))
  var masks: String?
  @OptionGroup(title: "Optical flow") var flow: FlowOptions
  @OptionGroup(title: "The embedder") var embedder: EmbedderOptions
  @Flag(help: "Train a vector a clip instead (the paper's ablation); no help for other clips.")
  var learnedEmbeddings = false
  @Option(help: "factorised: tens of megabytes; full: the paper's.")
  var form: HypernetworkConfiguration.Form = .factorised
  @Option(help: "reptile: toward what short trainings find; joint: the paper's.")
  var update: MetaTrainingConfiguration.Update = .reptile
  @Flag(help: "Do not predict hash grids, only share them (the paper's ablation).") var universalGrids = false
  @Option(help: "The settings of the models: those of decompose.") var preset: Preset = .fast
  @Option(help: ArgumentHelp("Train for so long: 10m, 1h30m (default: 30m).", valueName: "time"))
  var timeBudget: Duration?
  @Option(
    help: ArgumentHelp(
      "Make so many visits instead; the same seed then gives the same result bit for bit.", valueName: "count"))
  var visits: Int?
  @Option(help: ArgumentHelp("Where random numbers start.", valueName: "number")) var seed: UInt64 = 0
  @Option(
    help: ArgumentHelp(
      "Change a setting of model, training, hypernetwork or meta. Repeatable.", valueName: "key=value"))
  var set: [String] = []
  @Option(help: ArgumentHelp("A sentence for the file, the licence of the clips for example.", valueName: "text"))
  var note: String?
  @Option(help: ArgumentHelp("Threads to train on (default: every core).", valueName: "count")) var threads: Int?
  @OptionGroup(title: "Prepared clips") var prepared: PreparedClipOptions
  @Flag(help: "Continue an interrupted run.") var resume = false
  @Flag(help: "Replace the output, or an interrupted run.") var force = false
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    if timeBudget != nil && visits != nil { throw ValidationError("--time-budget and --visits exclude each other.") }
    if let visits, visits < 1 { throw ValidationError("--visits must be at least 1, not \(visits).") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  func run() throws {
    let description = try MetaTrainSession(EventPrinter(log).context).run(try request())
    Terminal.clearProgress()
    let qualities = description.trainedOn.compactMap(\.psnr)
    let mean = qualities.reduce(0, +) / Double(max(1, qualities.count))
    print(
      "\(output): \(description.trainedOn.count) clips, \(description.visits) visits in "
        + "\(TextFormat.duration(description.seconds)), predictions at \(TextFormat.decimal(mean, 2)) dB")
  }

  private func request() throws -> MetaTrainRequest {
    var request = MetaTrainRequest(
      clips: try MetaClipList.find(clips, masks: masks), output: URL(fileURLWithPath: output))
    request.shot = shot.source("")
    request.flow = flow.choice
    request.embedder = embedder.choice.absolute
    var settings = MetaTrainSettings(preset: preset, form: form, update: update)
    if universalGrids { settings.hypernetwork.predictedGrids = .none }
    if learnedEmbeddings { (settings.meta.learnsEmbeddings, settings.meta.augmentation) = (true, .none) }
    let changes = try SettingsDifference.parse(set)
    request.settings = try SettingsDifference.apply(changes, to: settings)
    request.budget = visits.map(TrainingBudget.iterations) ?? timeBudget.map { .seconds($0.seconds) }
    request.seed = seed
    request.note = note
    request.cache = prepared.folder
    request.threads = threads
    request.resumes = resume
    request.force = force
    return request
  }
}

import ArgumentParser
import Foundation
import Session

/// `hypernvd evaluate`
struct EvaluateCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measure a project against its clip: PSNR, SSIM, mask IoU, flow consistency.",
    discussion: """
      The clip must still be where it was when it was decomposed, or be named with --source.

      EXAMPLES:
        hypernvd evaluate clip.nvd
        hypernvd evaluate clip.nvd --masks masks/ --json
      """)

  @Argument(help: ArgumentHelp("A project folder.", valueName: "project")) var project: String

  @Option(
    help: ArgumentHelp(
      "Reference masks, as for decompose (default: those that the project was trained with).", valueName: "path"))
  var masks: String?

  @Option(help: ArgumentHelp("Where the clip is now.", valueName: "clip")) var source: String?
  @Flag(help: "Print one JSON object.") var json = false
  @OptionGroup(title: "Messages") var log: LogOptions

  func run() throws {
    let evaluation = try EvaluateSession(EventPrinter(log).context).run(
      project: URL(fileURLWithPath: project), masks: masks, sourcePath: source)
    Terminal.clearProgress()
    print(json ? try Report.json(evaluation) : Report.table(evaluation))
  }
}

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

      With --against, a clip (or the clip of a project) is trained from two starts for each of the budgets, and what the
      first is ahead is printed: curves.json and curves.svg in the output folder have the PSNR over time and iterations.

      EXAMPLES:
        hypernvd evaluate clip.nvd
        hypernvd evaluate clip.nvd --masks masks/ --json
        hypernvd evaluate clip.mp4 --against scratch --init meta.safetensors --budgets 5s,10s,1m -o curves
      """)

  @Argument(help: ArgumentHelp("A project folder; with --against also a clip.", valueName: "project"))
  var project: String

  @Option(
    help: ArgumentHelp(
      "Reference masks, as for decompose (default: those that the project was trained with).", valueName: "path"))
  var masks: String?

  @Option(help: ArgumentHelp("Where the clip is now.", valueName: "clip")) var source: String?
  @Flag(help: "Print one JSON object.") var json = false
  @OptionGroup(title: "Comparing starts") var comparison: ComparisonOptions
  @OptionGroup(title: "Messages") var log: LogOptions

  func run() throws {
    if let request = try comparison.request(project, masks: masks, sourcePath: source) {
      let result = try CompareSession(EventPrinter(log).context).run(request)
      Terminal.clearProgress()
      print(json ? try Report.json(result) : Report.comparison(result))
      return
    }
    let evaluation = try EvaluateSession(EventPrinter(log).context).run(
      project: URL(fileURLWithPath: project), masks: masks, sourcePath: source)
    Terminal.clearProgress()
    print(json ? try Report.json(evaluation) : Report.table(evaluation))
  }
}

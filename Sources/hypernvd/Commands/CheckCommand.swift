import ArgumentParser
import Foundation
import Session

/// `hypernvd check`
struct CheckCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look at a clip before decomposing it: motion, masks, cuts, expected time and memory.",
    discussion: """
      EXAMPLES:
        hypernvd check clip.mp4
        hypernvd check frames/ --masks masks/ --frames 0..<16 --json
      """)

  @Argument(help: ArgumentHelp("A video file or a folder of images.", valueName: "clip")) var clip: String
  @Option(help: ArgumentHelp("Masks, as for decompose (default: found automatically).", valueName: "path"))
  var masks: String?
  @OptionGroup(title: "Optical flow") var flow: FlowOptions
  @Flag(help: "Print one JSON object.") var json = false
  @OptionGroup(title: "The shot") var shot: ClipOptions
  @OptionGroup(title: "Messages") var log: LogOptions

  func run() throws {
    let report = try CheckSession(EventPrinter(log).context).run(
      source: shot.source(clip), masks: masks.map { .given(path: $0) } ?? .automatic, flow: flow.choice)
    Terminal.clearProgress()
    print(json ? try Report.json(report) : text(report))
  }

  private func text(_ report: CheckReport) -> String {
    func pixels(_ value: Double) -> String { TextFormat.decimal(value, 1) + " px a frame" }
    var rows = [
      (
        "frames",
        "\(report.frames) of \(report.size), \(TextFormat.decimal(report.frameRate.framesPerSecond, 2)) a second"
      ),
      (
        "camera",
        "\(pixels(report.cameraMotionPixels)), at most \(TextFormat.decimal(report.largestCameraMotionPixels, 1))"
      ),
      ("flow", "\(TextFormat.percent(mean(report.trustedFlow))) of the pixels can be trusted"),
      ("masks", report.masks),
    ]
    for object in report.objects {
      rows.append(
        (object.name, "\(TextFormat.percent(mean(object.coverage))) of the frame, moves \(pixels(object.motionPixels))")
      )
    }
    rows.append(("time", "about \(TextFormat.duration(report.expectedSeconds)) with the default budget"))
    rows.append(("memory", "about \(TextFormat.bytes(report.expectedMemoryBytes))"))
    return ([Report.columns(rows)] + report.warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}

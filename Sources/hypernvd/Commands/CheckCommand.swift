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
        hypernvd check frames/ --masks masks/ --frames 0...15 --json
      """)

  @Argument(help: ArgumentHelp("A video file or a folder of images.", valueName: "clip")) var clip: String
  @OptionGroup(title: "Objects") var masks: MaskOptions
  @OptionGroup(title: "Optical flow") var flow: FlowOptions
  @Flag(help: "Print one JSON object.") var json = false
  @OptionGroup(title: "The shot") var shot: ClipOptions
  @OptionGroup(title: "Messages") var log: LogOptions

  func run() throws {
    let report = try CheckSession(EventPrinter(log).context).run(
      source: shot.source(clip), masks: masks.choice, flow: flow.choice)
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
      ("shots", report.cuts.isEmpty ? "one" : "\(report.cuts.count + 1)"),
      (
        "exposure",
        "changes by at most \(TextFormat.percent(report.exposureSteps.map { abs($0 - 1) }.max() ?? 0)) a frame"
      ),
      ("masks", report.masks),
    ]
    for object in report.objects {
      rows.append(
        (
          object.name,
          "\(TextFormat.percent(mean(object.coverage))) of the frame, moves \(pixels(object.motionPixels)), "
            + "flickers \(TextFormat.percent(object.flicker)), its flow can be trusted in "
            + TextFormat.percent(object.trustedFlow)
            + (object.maskCertainty.map { ", certainty of its mask \(TextFormat.percent($0))" } ?? "")
        )
      )
    }
    rows.append(("time", "about \(TextFormat.duration(report.expectedSeconds)) with the default budget"))
    rows.append(("memory", "about \(TextFormat.bytes(report.expectedMemoryBytes))"))
    rows.append(("verdict", CheckCommand.sentence(report)))
    return ([Report.columns(rows)] + report.warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }

  private static func sentence(_ report: CheckReport) -> String {
    switch report.verdict {
    case .ready: "ready: nothing speaks against decomposing this clip"
    case .doubtful: "doubtful: it will run, but see the warnings first"
    case .unsuitable: "unsuitable: decompose will refuse it as it is"
    }
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}

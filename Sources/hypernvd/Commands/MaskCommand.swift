import ArgumentParser
import Foundation
import Session

/// `hypernvd mask`
struct MaskCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "mask",
    abstract: "Find the masks of a clip's objects and write them, with a video to look at.",
    discussion: """
      Without hints the main object is found by itself. A mask of one frame, a box or points say which object is meant,
      and are followed through the clip both ways. The masks (00000.png and so on, white on the object, numbered as the
      source's frames) can be corrected in any paint program: give one back with --mask, or all with --masks.

      With --against, prints how far the masks agree with true ones: intersection over union of each frame, and the mean.

      EXAMPLES:
        hypernvd mask clip.mp4 -o masks/
        hypernvd mask clip.mp4 -o look.mp4 --mask 7=cup.png
        hypernvd mask clip.mp4 -o masks/ --box 0=410,220,180,240 --frames 0...15
        hypernvd mask frames/ --against truth/ --json
      """)

  @Argument(help: ArgumentHelp("A video file or a folder of images.", valueName: "clip")) var clip: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A folder for the masks and overlay.mp4; or a video file for the overlay, with the masks in a folder beside it "
        + "of the same name.", valueName: "path"))
  var output: String?
  @OptionGroup(title: "Objects") var masks: MaskOptions
  @Option(help: ArgumentHelp("Compare with these masks: a folder of images, or a video.", valueName: "path"))
  var against: String?
  @Flag(help: "Print the result as one JSON object.") var json = false
  @OptionGroup(title: "Optical flow") var flow: FlowOptions
  @OptionGroup(title: "The shot") var shot: ClipOptions
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    if output == nil && against == nil { throw ValidationError("Name a folder to write with -o, or add --against.") }
  }

  func run() throws {
    let report = try MaskSession(EventPrinter(log).context).run(
      source: shot.source(clip), masks: masks.choice, flow: flow.choice,
      output: output.map { URL(fileURLWithPath: $0) },
      against: against)
    Terminal.clearProgress()
    let certainty = report.certainty.map { [Report.columns([("certainty", TextFormat.percent($0))])] } ?? []
    print(json ? try Report.json(report) : (report.objects.map(text) + certainty).joined(separator: "\n"))
  }

  private func text(_ object: MaskReport.Object) -> String {
    let frames = object.coverage.enumerated().map { index, share in
      let agreement = object.agreement.map { ", IoU \(TextFormat.decimal($0.frames[index], 3))" } ?? ""
      return (
        "\(object.name) in frame \(index + (shot.frames?.frames.lowerBound ?? 0))",
        TextFormat.percent(share) + agreement
      )
    }
    let mean = object.agreement.map { [("mean IoU of \(object.name)", TextFormat.decimal($0.mean, 3))] } ?? []
    return Report.columns(frames + mean)
  }
}

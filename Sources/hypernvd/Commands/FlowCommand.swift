import ArgumentParser
import Foundation
import Session

extension FlowFolder.Format: ExpressibleByArgument {}

/// `hypernvd flow`
struct FlowCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow",
    abstract: "Estimate the optical flow of a clip and write it as files, or compare it with a given flow.",
    discussion: """
      Writes forward_00000.flo (frame 0 to 1), backward_00000.flo (frame 1 to 0), and so on. With --against, prints how
      far the flow is from the given one: the mean length of the difference, and the share of pixels more than a pixel off.

      EXAMPLES:
        hypernvd flow clip.mp4 -o flow/ --frames 0...15
        hypernvd flow frames/ -o flow/ --flow raft:raft-small.pth --format kitti
        hypernvd flow frames/ --frames 30...31 --flow raft:raft-small.pth --against truth_0030.flo
      """)

  @Argument(help: ArgumentHelp("A video file or a folder of images.", valueName: "clip")) var clip: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write.", valueName: "folder")) var output: String?
  @Option(help: "flo (Middlebury), kitti (16-bit PNG, 1/64 pixel) or npy (NumPy, height x width x 2).")
  var format: FlowFolder.Format = .flo
  @Option(
    help: ArgumentHelp(
      "Compare with this flow: a file, for the way from the first frame to the second, or a folder of files named as "
        + "this command writes them.", valueName: "path"))
  var against: String?
  @Flag(help: "Print the comparison as one JSON object.") var json = false
  @OptionGroup(title: "Optical flow") var flow: FlowOptions
  @OptionGroup(title: "The shot") var shot: ClipOptions
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    if output == nil && against == nil { throw ValidationError("Name a folder to write with -o, or add --against.") }
    if json && against == nil { throw ValidationError("--json prints a comparison; add --against.") }
  }

  func run() throws {
    let result = try FlowSession(EventPrinter(log).context).run(
      source: shot.source(clip), method: flow.choice, output: output.map { URL(fileURLWithPath: $0) }, format: format,
      against: against.map { URL(fileURLWithPath: $0) })
    Terminal.clearProgress()
    if let output, !json { print("\(result.files) flow files in \(output)") }
    guard let error = result.error else { return }
    print(
      json
        ? try Report.json(error)
        : Report.columns([
          ("mean end-point error", TextFormat.decimal(error.mean, 3) + " px"),
          ("more than 1 px off", TextFormat.percent(error.aboveOnePixel)), ("pixels compared", "\(error.pixels)"),
        ]))
  }
}

import ArgumentParser
import Foundation
import Session

extension FlowFolder.Format: ExpressibleByArgument {}

/// `hypernvd flow`
struct FlowCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "flow",
    abstract: "Estimate the optical flow of a clip and write it as files.",
    discussion: """
      Writes forward_00000.flo (frame 0 to 1), backward_00000.flo (frame 1 to 0), and so on.

      EXAMPLES:
        hypernvd flow clip.mp4 -o flow/ --frames 0..<16
        hypernvd flow frames/ -o flow/ --format kitti
      """)

  @Argument(help: ArgumentHelp("A video file or a folder of images.", valueName: "clip")) var clip: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write.", valueName: "folder")) var output: String
  @Option(help: "flo (Middlebury), kitti (16-bit PNG, 1/64 pixel) or npy (NumPy, height x width x 2).")
  var format: FlowFolder.Format = .flo
  @OptionGroup(title: "The shot") var shot: ClipOptions
  @OptionGroup(title: "Messages") var log: LogOptions

  func run() throws {
    let files = try FlowSession(EventPrinter(log).context).run(
      source: shot.source(clip), output: URL(fileURLWithPath: output), format: format)
    Terminal.clearProgress()
    print("\(files) flow files in \(output)")
  }
}

import ArgumentParser
import Foundation
import Session

/// `hypernvd mask`
struct MaskCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "mask",
    abstract: "Find the main object of a clip and write its masks as PNG files.",
    discussion: """
      The files (00000.png and so on, white on the object) can be corrected in any paint program and given to
      'decompose --masks'. Where the saliency model is not installed the masks come from motion alone.

      EXAMPLES:
        hypernvd mask clip.mp4 -o masks/
        hypernvd mask clip.mp4 -o masks/ --frames 0..<16 && hypernvd decompose clip.mp4 -o clip.nvd --masks masks/
      """)

  @Argument(help: ArgumentHelp("A video file or a folder of images.", valueName: "clip")) var clip: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write.", valueName: "folder")) var output: String
  @OptionGroup(title: "The shot") var shot: ClipOptions
  @OptionGroup(title: "Messages") var log: LogOptions

  func run() throws {
    let coverage = try MaskSession(EventPrinter(log).context).run(
      source: shot.source(clip), output: URL(fileURLWithPath: output))
    Terminal.clearProgress()
    for (frame, share) in coverage.enumerated() { print("frame \(frame): \(TextFormat.percent(share))") }
  }
}

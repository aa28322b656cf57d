import ArgumentParser
import Foundation
import Media
import Session

/// `hypernvd scenes`
struct ScenesCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenes",
    abstract: "Draw procedural clips with their masks: to try things on, and to train on.",
    discussion: """
      Every seed is another scene: a creature in front of tiles, with another camera, motion and light. Writes
      FOLDER/scene-SEED/frames and masks, a clip as decompose, evaluate and meta-train read it. Nobody owns the clips.

      EXAMPLES:
        hypernvd scenes -o clips/
        hypernvd scenes -o clips/ --count 15 && hypernvd meta-train clips/ -o meta.safetensors
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("A folder for the clips.", valueName: "folder")) var output: String
  @Option(help: ArgumentHelp("How many clips.", valueName: "count")) var count = 1
  @Option(help: ArgumentHelp("Size of the frames, even numbers.", valueName: "WxH"))
  var size = SizeArgument(size: PixelSize(width: 768, height: 432))
  @Option(help: ArgumentHelp("Frames of each clip.", valueName: "count")) var frames = 16
  @Option(help: ArgumentHelp("Objects in each clip.", valueName: "count")) var objects = 1
  @Option(help: ArgumentHelp("The first clip's seed; the others count up.", valueName: "number")) var seed: UInt64 = 0
  @Flag(help: "Replace clips that are there.") var force = false
  @OptionGroup(title: "Messages") var log: LogOptions

  /// A clip is drawn in memory, 24 bytes a pixel.
  private static let mostPixels = 250_000_000

  func validate() throws {
    for (name, value, range) in [("count", count, 1...1000), ("frames", frames, 1...1000), ("objects", objects, 1...8)]
    where !range.contains(value) {
      throw ValidationError("--\(name) must be from \(range.lowerBound) to \(range.upperBound), not \(value).")
    }
    let most = Self.mostPixels / size.size.pixelCount
    if frames > most {
      throw ValidationError("At \(size.defaultValueDescription) a clip can have \(most) frames, not \(frames).")
    }
  }

  func run() throws {
    var request = ScenesRequest(output: URL(fileURLWithPath: output))
    (request.count, request.size, request.frameCount) = (count, size.size, frames)
    (request.objects, request.seed, request.force) = (objects, seed, force)
    let folders = try ScenesSession(EventPrinter(log).context).run(request)
    Terminal.clearProgress()
    print(folders.map(\.path).joined(separator: "\n"))
  }
}

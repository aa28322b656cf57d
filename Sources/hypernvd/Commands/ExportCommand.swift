import ArgumentParser
import Foundation
import Session

extension ExportKind: ExpressibleByArgument {}

/// `hypernvd export`
struct ExportCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a project's layers in the files of other programs.",
    discussion: """
      ora   textures for Krita and GIMP: a locked texture, a hidden coverage layer, an empty layer to paint on;
            one file (-o clip.ora), or one a layer in a folder
      png   textures as PNG of 8 or 16 bits

      EXAMPLES:
        hypernvd export clip.nvd --as ora -o foreground.ora --layer foreground --texture-size 4096
        hypernvd render clip.nvd -o edited.mp4 --edit foreground=foreground.ora
        hypernvd export clip.nvd --as png -o textures --bits 16
      """)

  @Argument(help: ArgumentHelp("A project folder.", valueName: "project")) var project: String
  @Option(name: .customLong("as"), help: "What to write.") var kind: ExportKind
  @Option(name: .shortAndLong, help: ArgumentHelp("A folder, or a file ending in .ora.", valueName: "out"))
  var output: String
  @Option(help: ArgumentHelp("Only this layer. Repeatable.", valueName: "name")) var layer: [String] = []
  @Option(help: ArgumentHelp("Side of the textures in texels, 16 to 8192.", valueName: "side"))
  var textureSize = 1000
  @Option(help: ArgumentHelp("Bits a channel of PNG files: 8 or 16.", valueName: "bits")) var bits = 8
  @Option(help: ArgumentHelp("Where the clip is now.", valueName: "clip")) var source: String?
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    guard ExportRequest.textureSides.contains(textureSize) else {
      throw ValidationError(
        "--texture-size must be from \(ExportRequest.textureSides.lowerBound) to "
          + "\(ExportRequest.textureSides.upperBound), not \(textureSize).")
    }
    guard bits == 8 || bits == 16 else { throw ValidationError("--bits must be 8 or 16, not \(bits).") }
  }

  func run() throws {
    var request = ExportRequest(
      project: URL(fileURLWithPath: project), output: URL(fileURLWithPath: output), kind: kind)
    request.layers = layer
    request.textureSide = textureSize
    request.bits = bits
    request.sourcePath = source
    let written = try ExportSession(EventPrinter(log).context).run(request)
    Terminal.clearProgress()
    for url in written { print(url.path) }
  }
}

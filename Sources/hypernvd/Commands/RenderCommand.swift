import ArgumentParser
import Foundation
import Media
import Session

/// `hypernvd render`
struct RenderCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render edited textures back into the video.",
    discussion: """
      An edit is a square picture of any size: a painted copy of layers/NAME/texture.png, or a transparent picture with
      only the paint. Pixels that no edit touches stay as they are in the clip.

      EXAMPLES:
        hypernvd render clip.nvd -o edited.mp4 --edit background=painted.png
        hypernvd render clip.nvd -o edited/ --edit foreground=shirt.png --edit background=wall.png
        hypernvd render clip.nvd -o edited.mp4 --lossless --edit foreground=shirt.png
      """)

  @Argument(help: ArgumentHelp("A project folder.", valueName: "project")) var project: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A video file to write, or a folder ending in / for PNG frames.", valueName: "out"))
  var output: String

  @Option(help: ArgumentHelp("A picture that goes over the texture of a layer. Repeatable.", valueName: "layer=png"))
  var edit: [EditArgument] = []

  @Flag(help: "Write the video without loss (RGB H.264).") var lossless = false
  @Option(help: ArgumentHelp("Where the clip is now.", valueName: "clip")) var source: String?
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    let layers = edit.map(\.layer)
    if let twice = layers.first(where: { layer in layers.filter { $0 == layer }.count > 1 }) {
      throw ValidationError("--edit names the layer \(twice) twice; give one picture a layer.")
    }
    let videos = ["mp4", "m4v", "mov", "mkv"]
    let fileExtension = (output as NSString).pathExtension.lowercased()
    if !output.hasSuffix("/") && !videos.contains(fileExtension) {
      throw ValidationError(
        "-o \(output): name a video (.\(videos.joined(separator: ", ."))), or a folder ending in / for PNG frames.")
    }
  }

  func run() throws {
    var request = RenderRequest(
      project: URL(fileURLWithPath: project),
      output: URL(fileURLWithPath: output, isDirectory: output.hasSuffix("/")))
    request.edits = Dictionary(uniqueKeysWithValues: edit.map { ($0.layer, $0.path) })
    request.encoding = lossless ? .h264Lossless : .h264
    request.sourcePath = source
    let frames = try RenderSession(EventPrinter(log).context).run(request)
    Terminal.clearProgress()
    print("\(frames) frames in \(output)")
  }
}

import ArgumentParser
import Foundation
import Media
import Session

/// `hypernvd render`
struct RenderCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Render edits back into the video: painted textures, painted frames, overlays.",
    discussion: """
      --edit        a square picture of any size that goes over a layer's texture: a painted copy of
                    layers/NAME/texture.png, only the paint on transparent ground, or an OpenRaster file (.ora) that
                    'hypernvd export --as ora' wrote and you painted in
      --frame-edit  one painted frame; what changed in it goes into the textures, and so into every frame
      --overlay     a picture that moves with a layer, with an opacity of its own, beyond the layer's outline too

      Pixels that nothing touches stay as they are in the clip. --keep stores the edits of textures in the project; --use
      takes them again, also after it was trained again: then they are carried over through the video.

      EXAMPLES:
        hypernvd render clip.nvd -o edited.mp4 --edit background=painted.png
        hypernvd render clip.nvd -o edited.mp4 --edit background=painted.png --size source
        hypernvd render clip.nvd -o edited/ --edit foreground=shirt.ora --edit background=wall.png
        hypernvd render clip.nvd -o edited.mp4 --frame-edit 12=painted_frame.png --keep moustache
        hypernvd render clip.nvd -o edited.mp4 --use moustache --lossless
        hypernvd render clip.nvd -o edited.mp4 --overlay foreground=hat.png --at-frame 0:310,84 --scale 0.5
        hypernvd render clip.nvd -o edited.mp4 --overlay foreground=halo.png --behind foreground --lit
        hypernvd render clip.nvd -o edited.mp4 --overlay background=poster.png --at 0.2,0.4 --rotate -8
      """)

  @Argument(help: ArgumentHelp("A project folder.", valueName: "project")) var project: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A video file to write, or a folder ending in / for PNG frames.", valueName: "out"))
  var output: String

  @Option(help: ArgumentHelp("A picture that goes over the texture of a layer. Repeatable.", valueName: "layer=file"))
  var edit: [EditArgument] = []

  @OptionGroup(title: "Painted frames") var frames: FrameEditOptions
  @OptionGroup(title: "Overlays") var stickers: OverlayOptions
  @OptionGroup(title: "Kept edits") var kept: KeptEditOptions

  @Option(
    help: ArgumentHelp(
      "Frames of this size instead of the project's; source: the clip's own. Places and painted frames count in the "
        + "project's pixels still.", valueName: "WxH|source"))
  var size: OutputSizeArgument?
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
    if kept.keep != nil && edit.isEmpty && frames.frameEdit.isEmpty {
      throw ValidationError("--keep stores edits of textures; add --edit or --frame-edit.")
    }
  }

  func run() throws {
    var request = RenderRequest(
      project: URL(fileURLWithPath: project),
      output: URL(fileURLWithPath: output, isDirectory: output.hasSuffix("/")))
    request.edits = Dictionary(uniqueKeysWithValues: edit.map { ($0.layer, $0.path) })
    request.paintedFrames = frames.frameEdit.map(\.painted)
    request.paintedLayer = frames.onto
    request.overlays = stickers.stickers
    request.keepAs = kept.keep
    request.kept = kept.use
    request.size = size?.size ?? .project
    request.encoding = lossless ? .h264Lossless : .h264
    request.sourcePath = source
    let frames = try RenderSession(EventPrinter(log).context).run(request)
    Terminal.clearProgress()
    print("\(frames) frames in \(output)")
  }
}

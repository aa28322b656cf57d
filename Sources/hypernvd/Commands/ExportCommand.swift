import ArgumentParser
import Exchange
import Foundation
import Session

extension ExportKind: ExpressibleByArgument {}
extension ExportRequest.Colour: ExpressibleByArgument {}
extension STMapConvention.Origin: ExpressibleByArgument {}
extension STMapConvention.PixelCentre: ExpressibleByArgument {}

/// `hypernvd export`
struct ExportCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a project's layers in the files of other programs.",
    discussion: """
      ora           textures for Krita (Debian's GIMP does not open these): a locked texture, a hidden coverage layer,
                    an empty layer to paint on; one file (-o clip.ora), or one a layer in a folder
      png           textures as PNG of 8 or 16 bits
      stmap         where each pixel is in a layer's texture: LAYER_stmap.####.exr, R = s, G = t, 32-bit float;
                    with --inverse also where each texel is in the frame
      exr           one file a frame: the picture, and for each layer its premultiplied colours (LAYER), its STMap
                    (LAYER_uv) and light (LAYER_residual); residual and alpha of all
      prores        layers with straight alpha: LAYER.mov, ProRes 4444
      ffv1          the same: LAYER.mkv, exact, 8 or 16 bits
      webm          the same: LAYER.webm, VP9
      png-sequence  the same: LAYER/00000.png, 8 or 16 bits
      cornerpin     a flat approximation of a layer's motion: LAYER_cornerpin.json and .nk (Nuke)

      EXAMPLES:
        hypernvd export clip.nvd --as ora -o foreground.ora --layer foreground --texture-size 4096
        hypernvd render clip.nvd -o edited.mp4 --edit foreground=foreground.ora
        hypernvd export clip.nvd --as png -o textures --bits 16
        hypernvd export clip.nvd --as stmap -o maps --inverse --texture-size 2048
        hypernvd export clip.nvd --as exr -o frames --first-number 1001
        hypernvd export clip.nvd --as prores -o layers --layer foreground
        hypernvd export clip.nvd --as webm -o layers
        hypernvd export clip.nvd --as ffv1 -o layers --bits 16
        hypernvd export clip.nvd --as png-sequence -o layers
        hypernvd export clip.nvd --as cornerpin -o pins --layer background
      """)

  @Argument(help: ArgumentHelp("A project folder.", valueName: "project")) var project: String
  @Option(name: .customLong("as"), help: "What to write.") var kind: ExportKind
  @Option(name: .shortAndLong, help: ArgumentHelp("A folder; of ora also a file ending in .ora.", valueName: "out"))
  var output: String
  @Option(help: ArgumentHelp("Only this layer. Repeatable.", valueName: "name")) var layer: [String] = []
  @Option(help: ArgumentHelp("Side of the textures in texels, 16 to 8192.", valueName: "side"))
  var textureSize = 1000
  @Option(
    help: ArgumentHelp(
      "Frames of this size instead of the project's; source: the clip's own. Not for ora and png.",
      valueName: "WxH|source"))
  var size: OutputSizeArgument?
  @Option(help: ArgumentHelp("Bits a channel of png, png-sequence and ffv1: 8 or 16.", valueName: "bits"))
  var bits = 8
  @Option(help: "Where s and t of STMaps are 0.") var origin = STMapConvention.Origin.bottomLeft
  @Option(help: "The middle of pixel x in STMaps: half is (x + 0.5) / width, zero is x / width.")
  var pixelCentre = STMapConvention.PixelCentre.half
  @Flag(help: "STMaps also from texels to frames.") var inverse = false
  @Option(help: "Colours in exr files: linear light, or the clip's own values (display).")
  var colour = ExportRequest.Colour.linear
  @Flag(help: "Colours of layers as the model has them, without the detail of the source that it lacks.")
  var modelColours = false
  @Option(
    help: ArgumentHelp(
      "The first frame's number in names (default: its number in the clip, from 0).", valueName: "number"))
  var firstNumber: Int?
  @Option(help: ArgumentHelp("Where the clip is now.", valueName: "clip")) var source: String?
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    guard ExportRequest.textureSides.contains(textureSize) else {
      throw ValidationError(
        "--texture-size must be from \(ExportRequest.textureSides.lowerBound) to "
          + "\(ExportRequest.textureSides.upperBound), not \(textureSize).")
    }
    if bits != 8 && ![.png, .pngSequence, .ffv1].contains(kind) {
      throw ValidationError("--bits belongs to --as png, png-sequence and ffv1.")
    }
    guard bits == 8 || bits == 16 else { throw ValidationError("--bits must be 8 or 16, not \(bits).") }
    if size != nil && (kind == .ora || kind == .png) {
      throw ValidationError("--size is that of frames; textures have --texture-size.")
    }
    if inverse && kind != .stmap { throw ValidationError("--inverse belongs to --as stmap.") }
    if let firstNumber, !(0...1_000_000).contains(firstNumber) {
      throw ValidationError("--first-number must be from 0 to 1000000, not \(firstNumber).")
    }
  }

  func run() throws {
    var request = ExportRequest(
      project: URL(fileURLWithPath: project), output: URL(fileURLWithPath: output), kind: kind)
    request.layers = layer
    request.textureSide = textureSize
    request.bits = bits
    request.size = size?.size ?? .project
    (request.convention.origin, request.convention.centre) = (origin, pixelCentre)
    request.inverse = inverse
    request.colour = colour
    request.modelColours = modelColours
    request.firstNumber = firstNumber
    request.sourcePath = source
    let written = try ExportSession(EventPrinter(log).context).run(request)
    Terminal.clearProgress()
    for url in written { print(url.path) }
  }
}

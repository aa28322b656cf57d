import ArgumentParser
import Media
import Session

/// Which shot: the options that every subcommand with a clip takes.
struct ClipOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Frames of the source, counted from 0: 0...15 (with its end), or '0..<16' (without it).", valueName: "range"))
  var frames: FrameRange?

  @Option(
    help: ArgumentHelp(
      "Bring the frames to this size, even numbers (default: the source's, limited to 768 on the long side).",
      valueName: "WxH"))
  var size: SizeArgument?

  @Option(help: ArgumentHelp("Take at most so many frames.", valueName: "count"))
  var maxFrames: Int?

  func validate() throws {
    if let maxFrames, maxFrames < 1 { throw ValidationError("--max-frames must be at least 1, not \(maxFrames).") }
  }

  /// Whether nothing was said.
  var isEmpty: Bool { frames == nil && size == nil && maxFrames == nil }

  func source(_ path: String) -> ClipSource {
    ClipSource(path: path, frames: frames?.frames, size: size?.size, maximumFrames: maxFrames)
  }
}

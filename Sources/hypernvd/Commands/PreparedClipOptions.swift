import ArgumentParser
import Foundation
import Session

/// Where clips are kept once they are prepared: the option of every subcommand that works with many.
struct PreparedClipOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where prepared clips are kept between runs (default: hypernvd/clips in XDG_CACHE_HOME or ~/.cache).",
      valueName: "folder"))
  var cache: String?

  var folder: URL { cache.map { URL(fileURLWithPath: $0) } ?? PreparedClipLibrary.defaultFolder }
}

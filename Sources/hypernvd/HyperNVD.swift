import ArgumentParser
import Foundation
import Logging
import Media

/// The command: a list of subcommands, one file each under Commands/.
struct HyperNVD: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hypernvd",
    abstract: "Turn a video into layers that can be painted, and paint back into the video.",
    discussion: """
      EXAMPLES:
        hypernvd decompose clip.mp4 -o clip.nvd
        hypernvd render clip.nvd -o edited.mp4 --edit background=painted.png

      Results go to stdout, everything else to stderr. Exit codes: 64 wrong command line, 65 unreadable or unsuitable
      input, 66 input absent, 70 fault of the program, 74 output cannot be written, 130 interrupted.
      """,
    version: Version.text,
    subcommands: Subcommands.all)
}

@main
enum Main {
  static func main() {
    Interrupt.shared.install()
    do {
      var command = try HyperNVD.parseAsRoot()
      if let options = (command as? any LoggingCommand)?.log { Log.start(options) }
      try command.run()
      try checkOutput()
    } catch {
      end(with: error)
    }
  }

  /// Results that nobody received are no success.
  /// - Throws: `MediaError.cannotWrite`.
  private static func checkOutput() throws {
    guard fflush(nil) != 0 else { return }
    throw MediaError.cannotWrite(path: "standard output", detail: String(cString: strerror(errno)))
  }

  /// Ends the program with a sentence and the exit code of the error; help and wrong arguments are ArgumentParser's.
  private static func end(with error: any Error) -> Never {
    let ours = HyperNVD.exitCode(for: error) == .failure && !(error is ExitCode)
    guard ours else { HyperNVD.exit(withError: error) }
    Terminal.clearProgress()
    let status = ExitStatus(error)
    Log.logger.error("\(error)", metadata: ["exitCode": .stringConvertible(Int(status.rawValue))])
    exit(status.rawValue)
  }
}

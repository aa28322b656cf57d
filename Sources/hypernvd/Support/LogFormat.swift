import ArgumentParser

/// How messages look on stderr.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
  /// Sentences, and a progress line where stderr is a terminal.
  case text
  /// One JSON object a line.
  case json
}

/// The options that every subcommand takes.
struct LogOptions: ParsableArguments {
  @Option(help: "How messages look on stderr: text, or json (one object a line).")
  var logFormat: LogFormat = .text

  @Option(
    help: "The least important messages to show: \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).")
  var logLevel: Logger.Level = .info
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

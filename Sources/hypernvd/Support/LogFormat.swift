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

  @Flag(help: "Show warnings and errors only.")
  var quiet = false
}

import ArgumentParser

/// Every subcommand, in the order of the help text.
enum Subcommands {
  static let all: [any ParsableCommand.Type] = []
}

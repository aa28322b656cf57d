import ArgumentParser
import Session

extension FlowChoice: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
  public var defaultValueDescription: String { text }
}

/// Where the optical flow comes from: the option of every subcommand that needs it.
struct FlowOptions: ParsableArguments {
  @Option(
    name: .customLong("flow"),
    help: ArgumentHelp(
      "dis (fast), raft:FILE (RAFT with these weights, more exact), or a folder of flow files, named as 'hypernvd flow' "
        + "writes them.", valueName: "method"))
  var choice: FlowChoice = .dis
}

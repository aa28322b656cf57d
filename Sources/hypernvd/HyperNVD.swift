import ArgumentParser

@main
struct HyperNVD: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hypernvd")
}

import ArgumentParser
import Foundation
import Session

/// `hypernvd demo`
struct DemoCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Do the whole job on a clip: decompose, paint a mark on every layer, render it back.",
    discussion: """
      Takes a shot of the real clip that scripts/fetch-demo-clip put into the cache folder; where there is none, a
      procedural scene.

      EXAMPLES:
        hypernvd demo -o demo-output
        hypernvd demo -o demo-output --procedural --time-budget 20s
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("The project folder to write.", valueName: "folder"))
  var output: String
  @Flag(help: "Use the procedural scene even where a real clip is there.") var procedural = false
  @Option(help: ArgumentHelp("Train for so long.", valueName: "time")) var timeBudget = Duration(seconds: 90)
  @Option(help: ArgumentHelp("Where random numbers start.", valueName: "number")) var seed: UInt64 = 0
  @Flag(help: "Replace a project that is there.") var force = false
  @OptionGroup(title: "Messages") var log: LogOptions

  func run() throws {
    let printer = EventPrinter(log)
    let clip = procedural ? .procedural : DemoClip.available()
    if clip == .procedural && !procedural {
      printer.context.onEvent(.warning("no real clip in \(DemoClip.folder.path); a procedural scene is used instead"))
    }
    let outcome = try DemoSession(printer.context).run(
      clip: clip, output: URL(fileURLWithPath: output), budget: .seconds(timeBudget.seconds), seed: seed, force: force)
    Terminal.clearProgress()
    print(Report.finished(outcome.project))
    for (layer, url) in outcome.paintings.sorted(by: { $0.key < $1.key }) {
      print("painted  \(layer): \(url.path)")
    }
    print("edited   \(outcome.video.path)")
    print("look at  \(outcome.picture.path)")
  }
}

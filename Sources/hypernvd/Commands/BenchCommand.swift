import ArgumentParser
import Foundation
import Session

extension BenchScenario: ExpressibleByArgument {}

/// `hypernvd bench`
struct BenchCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time parts of the method on this machine, beside the PyTorch peer if wanted.",
    discussion: """
      iteration: one training iteration of the paper's preset with 10,000 points and all losses.
      fast-iteration: one training iteration of the default preset with 10,000 points and all losses.

      --peer times the same iteration of the PyTorch peer (Benchmarks/peer) in the same run; it needs Python with
      PyTorch (pip install torch; HYPERNVD_PYTHON names another python).

      EXAMPLES:
        hypernvd bench iteration
        hypernvd bench iteration --json --peer
        hypernvd bench fast-iteration --peer
      """)

  @Argument(help: "iteration or fast-iteration.") var scenario: BenchScenario
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(help: "Time the PyTorch peer as well.") var peer = false
  @Option(help: ArgumentHelp("The peer's program.", valueName: "file"))
  var peerScript = "Benchmarks/peer/bench_iteration.py"
  @Option(help: ArgumentHelp("How many times to measure.", valueName: "count")) var repetitions = 7
  @Option(help: ArgumentHelp("Threads (default: every core).", valueName: "count")) var threads: Int?
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    if !(1...10_000).contains(repetitions) {
      throw ValidationError("--repetitions must be from 1 to 10000, not \(repetitions).")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  func run() throws {
    let result = try BenchSession().run(
      scenario, repetitions: repetitions, threads: threads,
      peerScript: peer ? URL(fileURLWithPath: peerScript) : nil)
    print(json ? try Report.json(result) : text(result))
  }

  private func text(_ result: BenchResult) -> String {
    var rows = [
      (
        result.scenario,
        "\(TextFormat.decimal(result.medianSeconds * 1000, 1)) ms, \(result.threads) threads, kernels \(result.kernels)"
      )
    ]
    if let peer = result.peer, let seconds = result.peerMedianSeconds, let ratio = result.ratio {
      rows.append((peer, "\(TextFormat.decimal(seconds * 1000, 1)) ms"))
      rows.append(("ratio", TextFormat.decimal(ratio, 1)))
    }
    return Report.columns(rows)
  }
}

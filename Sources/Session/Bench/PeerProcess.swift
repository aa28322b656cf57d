import Decomposition
import Foundation

/// The PyTorch peer under Benchmarks/, run as another process.
struct PeerProcess {
  let script: URL

  /// What the peer prints.
  struct Answer: Decodable {
    var medianSeconds: Double
    var torch: String
  }

  /// Times the peer's iterations.
  /// - Parameter arguments: the script's options (`BenchScenario.peerArguments`).
  /// - Throws: `SessionError.fileAbsent`, `.peerFailed`.
  func run(_ arguments: [String]) throws -> Answer {
    guard FileAccess.exists(script) else { throw SessionError.fileAbsent(option: "--peer", path: script.path) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let python = ProcessInfo.processInfo.environment["HYPERNVD_PYTHON"] ?? "python3"
    process.arguments = [python, script.path] + arguments
    let (output, errors) = (Pipe(), FileHandle.standardError)
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch { throw SessionError.peerFailed(reason: "\(python) cannot be started") }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
      throw SessionError.peerFailed(
        reason: "\(python) \(script.path) ended with \(process.terminationStatus); it needs PyTorch (pip install torch)"
      )
    }
    return answer
  }
}

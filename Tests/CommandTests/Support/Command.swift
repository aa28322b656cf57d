import Foundation

/// The real binary, run as a user runs it.
enum Command {
  struct Result: Sendable {
    var status: Int32
    var output: String
    var errors: String
  }

  /// The command beside the test bundle, where the build put both.
  static let url: URL = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let program = bundle ?? URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0])
    return program.deletingLastPathComponent().appendingPathComponent("hypernvd")
  }()

  /// Where commands keep what they would keep in the user's cache folder.
  private static let cache = FileManager.default.temporaryDirectory
    .appendingPathComponent("hypernvd-test-cache-\(UUID().uuidString)").path

  /// Runs the command to its end.
  /// - Parameters:
  ///   - fileLimit: the largest file that it may write, in blocks of 512 bytes: a full disk, for a start.
  ///   - output: a file for stdout in place of `Result.output`.
  ///   - errors: the same of stderr.
  static func run(
    _ arguments: [String], fileLimit: Int? = nil, environment: [String: String] = [:], output: String? = nil,
    errors: String? = nil
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    let limit = fileLimit.map { "ulimit -f \($0); " } ?? ""
    process.arguments = ["-c", limit + "exec \"$0\" \"$@\"", url.path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["XDG_CACHE_HOME": cache]) { $1 }
      .merging(environment) { $1 }
    let scratch = FileManager.default.temporaryDirectory
    let outputs = ["out", "err"].map { scratch.appendingPathComponent("hypernvd-test-\(UUID().uuidString).\($0)") }
    defer { for file in outputs { try? FileManager.default.removeItem(at: file) } }
    for file in outputs { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output.map { URL(fileURLWithPath: $0) } ?? outputs[0])
    process.standardError = try FileHandle(forWritingTo: errors.map { URL(fileURLWithPath: $0) } ?? outputs[1])
    try process.run()
    process.waitUntilExit()
    // A signal is reported as shells do it.
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return Result(
      status: status, output: String(decoding: try Data(contentsOf: outputs[0]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: outputs[1]), as: UTF8.self))
  }
}

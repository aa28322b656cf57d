import Foundation

/// Programs that tests compare with.
enum Tool {
  static let hasFFmpeg = path(of: "ffmpeg") != nil
  static let hasNumPy = path(of: "python3") != nil && (try? run("python3", ["-c", "import numpy"])) != nil

  struct Failed: Error {
    var command: String
    var output: String
  }

  private static func path(of name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  @discardableResult
  static func run(_ name: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path(of: name) ?? name)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    let text = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failed(command: ([name] + arguments).joined(separator: " "), output: String(decoding: text, as: UTF8.self))
    }
    return data
  }

  /// `ffmpeg` with quiet output, replacing files.
  @discardableResult
  static func ffmpeg(_ arguments: String..., input: URL? = nil, output: URL? = nil) throws -> Data {
    let given = arguments.flatMap { $0.split(separator: " ").map(String.init) }
    let start = ["-hide_banner", "-loglevel", "error", "-y"] + (input.map { ["-i", $0.path] } ?? [])
    return try run("ffmpeg", start + given + [output?.path].compactMap { $0 })
  }
}

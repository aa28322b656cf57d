import Foundation
import Testing

@Suite struct InterruptTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture.shared.get() }

  @Test func ctrlCSavesACheckpointAndResumingEndsAsIfNothingHadHappened() throws {
    let iterations = 500
    let whole = fixture.fresh("whole")
    let parts = fixture.fresh("parts")
    #expect(
      try Command.run(Fixture.decompose(fixture.frames, fixture.masks, whole, iterations: iterations)).status == 0)

    let process = Process()
    process.executableURL = Command.url
    process.arguments =
      Fixture.decompose(fixture.frames, fixture.masks, parts, iterations: iterations) + ["--log-format", "json"]
    let log = fixture.fresh("log")
    #expect(FileManager.default.createFile(atPath: log, contents: nil))
    process.standardError = FileHandle(forWritingAtPath: log)
    try process.run()
    // metrics.jsonl appears when training begins.
    let deadline = Date(timeIntervalSinceNow: 120)
    while !FileManager.default.fileExists(atPath: parts + "/metrics.jsonl"), Date() < deadline {
      Thread.sleep(forTimeInterval: 0.02)
    }
    Thread.sleep(forTimeInterval: 0.5)
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
    #expect(FileManager.default.fileExists(atPath: parts + "/checkpoint.safetensors"))
    #expect(!FileManager.default.fileExists(atPath: parts + "/model.safetensors"))

    let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
    let events = try lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
    #expect(events.contains { $0["event"] as? String == "stopping" })

    let result = try Command.run(["decompose", "-o", parts, "--resume", "--threads", "2"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(try parameters(of: parts) == parameters(of: whole))
    #expect(!FileManager.default.fileExists(atPath: parts + "/checkpoint.safetensors"))
  }

  /// The values in a project's model: what follows the header of the safetensors file.
  private func parameters(of project: String) throws -> Data {
    let data = try Data(contentsOf: URL(fileURLWithPath: project + "/model.safetensors"))
    let header = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    return Data(data.dropFirst(8 + header))
  }
}

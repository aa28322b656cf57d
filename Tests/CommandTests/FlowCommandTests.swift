import Foundation
import Testing

/// `hypernvd flow` as a user runs it.
@Suite struct FlowCommandTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture.shared.get() }

  private struct Comparison: Decodable {
    var mean, aboveOnePixel: Double
    var pixels: Int
  }

  @Test func flowIsItsOwnMeasure() throws {
    let folder = fixture.fresh("flow")
    #expect(try Command.run(["flow", fixture.frames, "-o", folder]).status == 0)
    let result = try Command.run(["flow", fixture.frames, "--against", folder, "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let all = try JSONDecoder().decode(Comparison.self, from: Data(result.output.utf8))
    #expect(all.mean == 0 && all.aboveOnePixel == 0)
    #expect(all.pixels == 2 * (Fixture.frameCount - 1) * Fixture.size.pixelCount)

    let one = try Command.run(["flow", fixture.frames, "--against", folder + "/backward_00000.flo"])
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output.contains("mean end-point error"))
    #expect(!one.output.contains("error  0.000 px"))
    #expect(one.output.contains("\(Fixture.size.pixelCount)"))
  }

  @Test(.enabled(if: FlowCommandTests.weights != nil, "needs HYPERNVD_DATA (weights/raft-small.pth)"))
  func raftIsNotFarFromDIS() throws {
    let weights = try #require(FlowCommandTests.weights)
    let folder = fixture.fresh("flow")
    let arguments = ["flow", fixture.frames, "--frames", "0..<2", "-o", folder, "--flow", "raft:" + weights]
    #expect(try Command.run(arguments).status == 0)
    let result = try Command.run(["flow", fixture.frames, "--frames", "0..<2", "--against", folder, "--json"])
    let error = try JSONDecoder().decode(Comparison.self, from: Data(result.output.utf8))
    #expect(error.mean > 0 && error.mean < 2, "\(error)")

    let project = fixture.fresh("project")
    let run = try Command.run(
      Fixture.decompose(fixture.frames, fixture.masks, project, iterations: 2) + ["--flow", "raft:" + weights])
    #expect(run.status == 0, "\(run.errors)")
    let record = try String(contentsOfFile: project + "/project.json", encoding: .utf8)
    #expect(record.contains("\"flow\" : \"raft:"))
  }

  /// The published small network, where it is at hand.
  private static let weights: String? = {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["HYPERNVD_DATA"] ?? "../shared"
    let file = URL(fileURLWithPath: named, relativeTo: package).appendingPathComponent("weights/raft-small.pth")
    return FileManager.default.fileExists(atPath: file.path) ? file.standardizedFileURL.path : nil
  }()
}

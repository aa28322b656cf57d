import Foundation
import Testing

@Suite struct CompareTests {
  private static let small = ["--set", "training.sampling.batch_points=300", "--threads", "2"]

  @Test func aProjectIsComparedWithScratch() throws {
    let fixture = try Fixture.shared.get()
    let output = fixture.fresh("curves")
    let result = try Command.run(
      ["evaluate", fixture.project, "--against", "scratch", "--init", fixture.project + "/model.safetensors"]
        + ["--iterations", "2,30", "-o", output] + Self.small)
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 4, "\(result.output)")
    #expect(lines[0].hasPrefix("budget") && lines[0].contains("scratch  project"))
    #expect(lines[1].hasPrefix("2 iterations") && lines[2].hasPrefix("30 iterations"))
    #expect(lines[3].hasPrefix("mean gain +"))
    let curves = try JSONDecoder().decode(
      Curves.self, from: Data(contentsOf: URL(fileURLWithPath: output + "/curves.json")))
    #expect(curves.budgets.count == 2)
    #expect(curves.budgets[0].run.curve.points.map(\.iteration) == [0, 1, 2])
    #expect(curves.budgets[1].run.curve.points.count == 31)
    let picture = try String(contentsOf: URL(fileURLWithPath: output + "/curves.svg"), encoding: .utf8)
    #expect(picture.contains("PSNR over time") && picture.contains("PSNR over iterations"))
  }

  @Test func aClipIsComparedInTime() throws {
    let fixture = try Fixture.shared.get()
    let output = fixture.fresh("curves")
    let result = try Command.run(
      ["evaluate", fixture.frames, "--masks", fixture.masks, "--against", "scratch", "--init", "scratch"]
        + ["--budgets", "0.3s", "-o", output, "--json"] + Self.small)
    #expect(result.status == 0, "\(result.errors)")
    let curves = try JSONDecoder().decode(Curves.self, from: Data(result.output.utf8))
    let last = try #require(curves.budgets[0].run.curve.points.last)
    #expect(last.seconds >= 0.3 && last.seconds < 3)
    #expect(result.errors.contains("scratch, 0.3 s: "))
  }

  @Test(arguments: [
    (["--init", "scratch"], Int32(64), "add --against scratch"),
    (["--against", "scratch", "-o", "OUT"], 64, "add --init FILE"),
    (["--against", "scratch", "--init", "scratch"], 64, "--output"),
    (["--against", "scratch", "--init", "scratch", "-o", "OUT", "--budgets", "5s,,1m"], 64, "5s,,1m"),
    (["--against", "scratch", "--init", "scratch", "-o", "OUT", "--iterations", "0"], 64, "at least 1"),
    (
      ["--against", "scratch", "--init", "scratch", "-o", "OUT", "--iterations", "1", "--budgets", "1s"], 64, "exclude"
    ),
    (["--against", "scratch", "--init", "/nowhere", "-o", "OUT"], 66, "/nowhere"),
    (["--against", "scratch", "--init", "CLIP/00000.png", "-o", "OUT"], 65, "00000.png"),
    (
      ["--against", "scratch", "--init", "MODEL", "-o", "OUT", "--preset", "paper", "--iterations", "1"], 65,
      "other networks"
    ),
    (["--against", "scratch", "--init", "scratch", "-o", "/proc/x", "--iterations", "1"], 74, "/proc/x"),
  ])
  func badInput(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let fixture = try Fixture.shared.get()
    let output = fixture.fresh("curves")
    let result = try Command.run(
      ["evaluate", fixture.frames, "--masks", fixture.masks]
        + arguments.map {
          $0.replacingOccurrences(of: "OUT", with: output).replacingOccurrences(of: "CLIP", with: fixture.frames)
            .replacingOccurrences(of: "MODEL", with: fixture.project + "/model.safetensors")
        })
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: output + "/curves.json"))
  }

  private struct Curves: Decodable {
    struct Point: Decodable { var iteration: Int, seconds: Double, psnr: Double }
    struct Curve: Decodable { var points: [Point] }
    struct Run: Decodable { var start: String, curve: Curve }
    struct AtBudget: Decodable { var run: Run, baseline: Run }
    var budgets: [AtBudget]
  }
}

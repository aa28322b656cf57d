import Foundation
import Testing

@Suite struct ReproduceTests {
  private static let small = [
    "--frames", "0..<5", "--size", "96x64", "--set", "training.sampling.batch_points=300", "--threads", "2",
  ]

  /// The procedural clip under the names of the paper's.
  private func data(_ fixture: Fixture, _ names: [String]) throws -> String {
    let folder = URL(fileURLWithPath: fixture.fresh("data"))
    for name in names {
      let clip = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: clip, withIntermediateDirectories: true)
      for (part, path) in [("frames", fixture.frames), ("masks", fixture.masks)] {
        try FileManager.default.copyItem(at: URL(fileURLWithPath: path), to: clip.appendingPathComponent(part))
      }
    }
    return folder.path
  }

  @Test func masksAreComparedAsInTableFive() throws {
    let fixture = try Fixture.shared.get()
    let folder = try data(fixture, ["hike", "car-turn"])
    let cache = fixture.fresh("cache")
    let arguments =
      ["reproduce", "table5", "--data", folder, "--iterations", "4", "--cache", cache, "--json"] + Self.small
    let result = try Command.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    let table = try JSONDecoder().decode(Table.self, from: Data(result.output.utf8))
    #expect(table.table == 5 && table.missing == ["blackswan"] && table.budget == "4 iterations")
    #expect(table.rows.map(\.name) == ["true masks", "automatic masks"])
    let given = table.rows[0].cells
    #expect(given.map(\.paperPSNR) == [30.06, 34.94, 29.53])
    #expect(given.map { $0.measured != nil } == [true, true, false])
    // The same clip twice, with the same seed.
    #expect(given[0].measured?.psnr == given[1].measured?.psnr)
    #expect(result.errors.contains("table 5 without blackswan"))
    #expect(result.errors.contains("clip 1 of 1, hike: prepared"))

    let again = try Command.run(arguments.filter { $0 != "--json" } + ["--clips", "hike"])
    #expect(again.status == 0, "\(again.errors)")
    #expect(again.errors.contains("clip 1 of 1, hike: ready"))
    #expect(again.output.contains("budget 4 iterations a run, 5 frames of 96x64"))
    #expect(again.output.contains("30.06") && again.output.contains("not run: car-turn, blackswan"))
  }

  @Test(arguments: [
    (["reproduce", "table5", "--data", "/nowhere", "--iterations", "1"], Int32(66), "/nowhere"),
    (
      ["reproduce", "table5", "--data", "DATA", "--iterations", "1"], 66, "none of the clips hike, car-turn, blackswan"
    ),
    (["reproduce", "table5", "--data", "DATA", "--iterations", "1", "--clips", "goat"], 64, "no clip goat"),
    (["reproduce", "table5", "--data", "DATA"], 64, "either a --budget"),
    (["reproduce", "table5", "--data", "DATA", "--iterations", "1", "--budget", "1s"], 64, "either a --budget"),
    (["reproduce", "table9", "--data", "DATA", "--iterations", "1"], 64, "table9"),
    (["reproduce", "table5", "--data", "HIKE", "--iterations", "1", "--frames", "0..<9"], 65, "5 frames"),
    (
      ["reproduce", "table5", "--data", "HIKE", "--iterations", "1", "--frames", "0..<5", "--cache", "/proc/x"], 74,
      "/proc/x"
    ),
  ])
  func badInput(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let fixture = try Fixture.shared.get()
    let (empty, hike) = (try data(fixture, ["other"]), try data(fixture, ["hike"]))
    let result = try Command.run(
      arguments.map {
        $0.replacingOccurrences(of: "DATA", with: empty).replacingOccurrences(of: "HIKE", with: hike)
      }, environment: ["XDG_CACHE_HOME": fixture.fresh("cache")])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  private struct Table: Decodable {
    struct Measured: Decodable { var psnr: Double }
    struct Cell: Decodable { var clip: String, paperPSNR: Double?, measured: Measured? }
    struct Row: Decodable { var name: String, cells: [Cell] }
    var table: Int
    var budget: String
    var rows: [Row]
    var missing: [String]
  }
}

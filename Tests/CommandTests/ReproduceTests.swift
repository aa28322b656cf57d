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

  /// Networks that a hypernetwork predicts at once.
  private static let tiny =
    ["texture", "residual", "alpha"].flatMap { grid in
      ["--set", "model.\(grid)_grid.n_levels=4", "--set", "model.\(grid)_grid.log2_hashmap_size=8"]
    } + ["--set", "model.mapping_width=16", "--set", "model.field_width=16"]

  /// Every table runs all of its rows that the data allows, and says which it does not.
  @Test(arguments: [
    ("table2", ["hike", "blackswan", "car-turn"], [3, 3, 0, 0, 0], "5 videos: not run, without bear, lucia"),
    ("table3", ["goat", "hike"], [1, 1], "trained on hike"),
    ("table4", ["hike", "blackswan", "car-turn"], [3, 3, 3, 3, 3, 3], ""),
    ("table4", ["hike"], [1, 1, 1, 0, 0, 0], "a video is missing"),
    ("table7", ["hike", "blackswan", "car-turn", "bear"], [1, 1], "no learned embedding"),
  ])
  func tablesOfMetamodels(_ name: String, _ clips: [String], _ measured: [Int], _ note: String) throws {
    let fixture = try Fixture.shared.get()
    let result = try Command.run(
      ["reproduce", name, "--data", try data(fixture, clips), "--iterations", "2", "--json"]
        + ["--cache", fixture.fresh("cache")] + Self.small + Self.tiny)
    #expect(result.status == 0, "\(result.errors)")
    let table = try JSONDecoder().decode(Table.self, from: Data(result.output.utf8))
    #expect(table.rows.map { row in row.cells.filter { $0.measured != nil }.count } == measured)
    #expect(table.rows.allSatisfy { row in row.cells.allSatisfy { ($0.measured?.psnr ?? 9) > 3 } })
    #expect(note.isEmpty ? table.notes.isEmpty : table.notes.contains { $0.contains(note) }, "\(table.notes)")
  }

  /// A metamodel from meta-train serves reproduce, and evaluate --against.
  @Test func aMetamodelIsTakenFromAFile() throws {
    let fixture = try Fixture.shared.get()
    let (folder, cache, model) = (try data(fixture, ["goat"]), fixture.fresh("cache"), fixture.fresh("m.safetensors"))
    let trained = try Command.run(
      ["meta-train", folder, "-o", model, "--visits", "1", "--set", "meta.iterations_per_visit=3", "--cache", cache]
        + ["--max-frames", "5", "--size", "96x64", "--set", "training.sampling.batch_points=300"] + Self.tiny)
    #expect(trained.status == 0, "\(trained.errors)")
    let arguments = ["--init", model, "--iterations", "2", "--cache", cache] + Self.small + Self.tiny
    let result = try Command.run(["reproduce", "table3", "--data", folder] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("the metamodel: m.safetensors, trained on goat"))
    #expect(result.output.contains("not unseen: goat"))
    let other = try Command.run(["reproduce", "table2", "--data", folder] + arguments)
    #expect(other.status == 64 && other.errors.contains("leave --init out"), "\(other.errors)")

    let curves = fixture.fresh("curves")
    let compared = try Command.run(
      ["evaluate", fixture.frames, "--masks", fixture.masks, "--against", "scratch", "-o", curves, "--init", model]
        + ["--iterations", "2", "--set", "training.sampling.batch_points=300"] + Self.tiny)
    #expect(compared.status == 0, "\(compared.errors)")
    #expect(compared.output.hasPrefix("budget        scratch      m"))
    let unfit = try Command.run(
      ["evaluate", fixture.frames, "--masks", fixture.masks, "--against", "scratch", "-o", curves, "--init", model]
        + ["--iterations", "2"])
    #expect(unfit.status == 65 && unfit.errors.contains("another configuration"), "\(unfit.errors)")
  }

  @Test(arguments: [
    (["reproduce", "table5", "--data", "/nowhere", "--iterations", "1"], Int32(66), "/nowhere"),
    (
      ["reproduce", "table5", "--data", "DATA", "--iterations", "1"], 66, "none of the clips hike, car-turn, blackswan"
    ),
    (["reproduce", "table5", "--data", "DATA", "--iterations", "1", "--clips", "goat"], 64, "no clip goat"),
    (["reproduce", "table5", "--data", "DATA"], 64, "either a --budget"),
    (["reproduce", "table5", "--data", "DATA", "--iterations", "1", "--budget", "1s"], 64, "either a --budget"),
    (["reproduce", "table3", "--data", "GOAT", "--iterations", "1"], 66, "none of the clips hike, car-turn"),
    (["reproduce", "table3", "--data", "GOAT", "--iterations", "1", "--init", "/nowhere"], 66, "/nowhere"),
    (
      ["reproduce", "table7", "--data", "BEAR", "--iterations", "1"], 66, "none of the clips hike, car-turn, blackswan"
    ),
    (["reproduce", "table9", "--data", "DATA", "--iterations", "1"], 64, "table9"),
    (["reproduce", "table5", "--data", "HIKE", "--iterations", "1", "--frames", "0..<9"], 65, "5 frames"),
    (
      ["reproduce", "table5", "--data", "HIKE", "--iterations", "1", "--frames", "0..<5", "--cache", "/proc/x"], 74,
      "/proc/x"
    ),
  ])
  func badInput(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let fixture = try Fixture.shared.get()
    let folders = try ["DATA": "other", "HIKE": "hike", "GOAT": "goat", "BEAR": "bear"].mapValues {
      try data(fixture, [$0])
    }
    let result = try Command.run(
      arguments.map { folders[$0] ?? $0 }, environment: ["XDG_CACHE_HOME": fixture.fresh("cache")])
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
    var notes: [String]
  }
}

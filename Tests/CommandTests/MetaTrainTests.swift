import Foundation
import Testing
import Weights

@Suite struct MetaTrainTests {
  /// A metamodel of two visits on one clip, with a model small enough for a test; once for all tests.
  private static let metamodel: Result<String, any Error> = Result {
    let fixture = try Fixture.shared.get()
    let path = fixture.fresh("meta.safetensors")
    let result = try Command.run(arguments([fixture.frames, "--masks", masksByName(fixture)], path))
    guard result.status == 0 else { throw Fixture.Failure(message: result.errors) }
    return path
  }

  /// Masks in a folder that is called as the clip.
  private static func masksByName(_ fixture: Fixture) throws -> String {
    let folder = fixture.fresh("masks")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let name = URL(fileURLWithPath: fixture.folder.path).lastPathComponent
    try FileManager.default.copyItem(atPath: fixture.masks, toPath: folder + "/" + name)
    return folder
  }

  private static let model = [
    "--set", "model.texture_grid.log2_hashmap_size=10", "--set", "model.residual_grid.log2_hashmap_size=10",
    "--set", "model.alpha_grid.log2_hashmap_size=10",
  ]

  private static func arguments(_ clips: [String], _ output: String, visits: Int = 2) -> [String] {
    ["meta-train"] + clips + ["-o", output, "--visits", "\(visits)", "--threads", "2"] + model
      + ["--set", "meta.iterations_per_visit=10"]
  }

  @Test func trainsAndDecomposeStartsFromIt() throws {
    let fixture = try Fixture.shared.get()
    let metamodel = try Self.metamodel.get()
    let file = try TensorFile(contentsOf: URL(fileURLWithPath: metamodel))
    let description = try #require(file.metadata["hypernvd_metamodel"])
    #expect(description.contains("\"embedder\":\"descriptor-1\""))
    #expect(!FileManager.default.fileExists(atPath: metamodel + ".checkpoint"))

    let project = fixture.fresh("project")
    let result = try Command.run(
      ["decompose", fixture.frames, "-o", project, "--masks", fixture.masks, "--iterations", "5", "--init", metamodel]
        + Self.model)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("predicted by the metamodel: "))
    let record = try Data(contentsOf: URL(fileURLWithPath: project + "/project.json"))
    struct Record: Decodable {
      struct Initialisation: Decodable { var metamodel, embedder: String, psnr: Double }
      var initialisation: Initialisation
    }
    let start = try JSONDecoder().decode(Record.self, from: record).initialisation
    #expect(start.embedder == "descriptor-1" && start.psnr > 3 && start.psnr < 40)
    #expect(start.metamodel == URL(fileURLWithPath: metamodel).standardizedFileURL.path)
  }

  /// Masks beside the frames, a folder of clips, and a list name the same clips.
  @Test func clipsAreFoundInFoldersAndLists() throws {
    let fixture = try Fixture.shared.get()
    let folder = fixture.fresh("clips")
    for name in ["one", "two"] {
      let clip = URL(fileURLWithPath: folder).appendingPathComponent(name)
      try FileManager.default.createDirectory(at: clip, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: fixture.frames, toPath: clip.path + "/frames")
      try FileManager.default.copyItem(atPath: fixture.masks, toPath: clip.path + "/masks")
    }
    try Data("no clip".utf8).write(to: URL(fileURLWithPath: folder + "/README.md"))
    let list = folder + "/clips.txt"
    try Data(
      "# two clips\none/frames\tone/masks\n\ntwo\t../\(URL(fileURLWithPath: folder).lastPathComponent)/two/masks\n".utf8
    )
    .write(to: URL(fileURLWithPath: list))
    let outputs = [fixture.fresh("a.safetensors"), fixture.fresh("b.safetensors")]
    for (clips, output) in zip([folder, list], outputs) {
      let result = try Command.run(Self.arguments([clips], output) + ["--cache", fixture.fresh("cache")])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains(": 2 clips, 2 visits in "))
      #expect(result.errors.contains("two/masks"), "\(result.errors)")
    }
    let values = try outputs.map {
      try TensorFile(contentsOf: URL(fileURLWithPath: $0)).floats("shared.foreground.texture.0.weight")
    }
    #expect(values[0] == values[1])
  }

  @Test func ctrlCSavesACheckpointAndResumingEndsAsIfNothingHadHappened() throws {
    let fixture = try Fixture.shared.get()
    let masks = try Self.masksByName(fixture)
    let (whole, parts) = (fixture.fresh("whole.safetensors"), fixture.fresh("parts.safetensors"))
    func arguments(_ output: String) -> [String] {
      Self.arguments([fixture.frames, "--masks", masks], output, visits: 40)
    }
    #expect(try Command.run(arguments(whole)).status == 0)
    let process = Process()
    process.executableURL = Command.url
    process.arguments = arguments(parts) + ["--log-format", "json"]
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    // The first visit is reported: training has begun.
    var log = Data()
    while !String(decoding: log, as: UTF8.self).contains("\"event\":\"visit\"") {
      let more = pipe.fileHandleForReading.availableData
      if more.isEmpty { break }
      log += more
    }
    #expect(String(decoding: log, as: UTF8.self).contains("\"isNew\":"))
    #expect(!String(decoding: log, as: UTF8.self).contains("\"isNew\":\""), "a flag is no text")
    process.interrupt()
    _ = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(FileManager.default.fileExists(atPath: parts + ".checkpoint"))
    #expect(!FileManager.default.fileExists(atPath: parts))
    let refused = try Command.run(arguments(parts))
    #expect(refused.status == 74 && refused.errors.contains("--resume"), "\(refused.errors)")
    let result = try Command.run(arguments(parts) + ["--resume"])
    #expect(result.status == 0, "\(result.errors)")
    let values = try [whole, parts].map {
      try TensorFile(contentsOf: URL(fileURLWithPath: $0)).floats("head.background.texture.0.weight")
    }
    #expect(values[0] == values[1])
  }

  @Test(arguments: [
    (["meta-train", "/nowhere", "-o", "OUT"], Int32(66), "/nowhere"),
    (["meta-train", "EMPTY", "-o", "OUT"], 65, "holds no clip"),
    (["meta-train", "CLIP", "-o", "/nowhere/m.safetensors"], 74, "/nowhere"),
    (["meta-train", "CLIP", "-o", "META"], 74, "--force"),
    (["meta-train", "CLIP", "-o", "OUT", "--resume"], 66, "OUT.checkpoint"),
    (["meta-train", "CLIP", "-o", "OUT", "--masks", "/nowhere"], 66, "--masks"),
    (["meta-train", "CLIP", "-o", "OUT", "--set", "hypernetwork.rank=0"], 64, "rank must be from 1"),
    (["meta-train", "CLIP", "-o", "OUT", "--set", "meta.no_such=1"], 64, "no_such"),
    (["meta-train", "CLIP", "-o", "OUT", "--visits", "0"], 64, "--visits"),
    (["decompose", "CLIP", "-o", "OUT", "--init", "/nowhere.safetensors"], 66, "no metamodel at /nowhere.safetensors"),
    (["decompose", "CLIP", "-o", "OUT", "--init", "CLIP/00000.png"], 65, "cannot be used as a metamodel"),
    (
      ["decompose", "CLIP", "-o", "OUT", "--init", "META", "--set", "model.field_width=32"], 65,
      "models of another configuration"
    ),
    (["decompose", "-o", "OUT", "--resume", "--init", "META"], 64, "--init begins a project"),
  ])
  func badInput(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let fixture = try Fixture.shared.get()
    let (output, empty) = (fixture.fresh("out"), fixture.fresh("empty"))
    try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
    let metamodel = try Self.metamodel.get()
    func fill(_ text: String) -> String {
      [("CLIP", fixture.frames), ("OUT", output), ("EMPTY", empty), ("META", metamodel)].reduce(text) {
        $0.replacingOccurrences(of: $1.0, with: $1.1)
      }
    }
    let result = try Command.run(arguments.map(fill))
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(fill(words)), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  /// A metamodel of two layers and a clip with two objects.
  @Test func anotherNumberOfLayersIsRefused() throws {
    let fixture = try Fixture.shared.get()
    let masks = fixture.fresh("two")
    for (name, source) in [("a", fixture.masks), ("b", try fixture.otherMasks())] {
      let folder = URL(fileURLWithPath: masks).appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: source, toPath: folder.path)
    }
    let output = fixture.fresh("out")
    let result = try Command.run(
      ["decompose", fixture.frames, "-o", output, "--masks", masks, "--init", try Self.metamodel.get()] + Self.model)
    #expect(result.status == 65, "\(result.errors)")
    #expect(result.errors.contains("makes models of 2 layers, this clip has 3"))
    #expect(!FileManager.default.fileExists(atPath: output + "/project.json"))
  }
}

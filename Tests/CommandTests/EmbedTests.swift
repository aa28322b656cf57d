import Foundation
import Testing
import Weights

@Suite struct EmbedTests {
  @Test func describesAClip() throws {
    let fixture = try Fixture.shared.get()
    let result = try Command.run(["embed", fixture.frames])
    #expect(result.status == 0, "\(result.errors)")
    let record = try JSONDecoder().decode(Record.self, from: Data(result.output.utf8))
    #expect(record.embedder == "descriptor-1" && record.values.count == 768)
    #expect(record.frames == [0, 5])
    #expect(result.errors.contains("some are taken twice"))
    #expect(try Command.run(["embed", fixture.frames]).output == result.output)
  }

  @Test func writesEveryFormat() throws {
    let fixture = try Fixture.shared.get()
    let paths = ["v.json", "v.npy", "v.safetensors"].map { fixture.fresh($0) }
    for path in paths {
      let result = try Command.run(["embed", fixture.frames, fixture.frames, "-o", path])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output == "2 x 768 values of descriptor-1 in \(path)\n")
    }
    let records = try JSONDecoder().decode([Record].self, from: Data(contentsOf: URL(fileURLWithPath: paths[0])))
    let file = try TensorFile(contentsOf: URL(fileURLWithPath: paths[2]))
    #expect(try file.floats("embedding", shape: [2, 768]) == records[0].values + records[1].values)
    #expect(file.metadata["embedder"] == "descriptor-1")
    let npy = try Data(contentsOf: URL(fileURLWithPath: paths[1]))
    #expect(String(decoding: npy.prefix(100), as: UTF8.self).contains("(2, 768,)"))
    #expect(npy.count == 128 + 4 * 2 * 768)
  }

  @Test func embedsWithAModelAndItsCompression() throws {
    let fixture = try Fixture.shared.get()
    let compression = fixture.fresh("c.safetensors")
    let fitted = try Command.run([
      "embed", fixture.frames, "--videomae", tinyModel, "--fit-compression", compression, "--iterations", "300",
    ])
    #expect(fitted.status == 0, "\(fitted.errors)")
    #expect(fitted.output.contains("mean absolute error"))
    let plain = try Command.run(["embed", fixture.frames, "--videomae", tinyModel])
    let compressed = try Command.run([
      "embed", fixture.frames, "--videomae", tinyModel, "--compression", compression,
    ])
    let records = try [plain, compressed].map { try JSONDecoder().decode(Record.self, from: Data($0.output.utf8)) }
    #expect(records.allSatisfy { $0.values.count == 64 })
    #expect(records[1].embedder.contains("compressed") && records[0].values != records[1].values)
    let other = try Command.run([
      "embed", fixture.frames, "--videomae", tinyModel, "--framing", "crop", "--compression", compression,
    ])
    #expect(other.status == 65 && other.errors.contains("was made for the embedder"))
  }

  @Test(arguments: [
    (["embed", "/nowhere.mp4"], Int32(66), "nowhere.mp4"),
    (["embed", "CLIP", "--videomae", "/nowhere"], 66, "no model at /nowhere"),
    (["embed", "CLIP", "--embedder", "videomae"], 66, "hypernvd models --fetch"),
    (["embed", "CLIP", "--videomae", "CLIP"], 65, "no VideoMAE model"),
    (["embed", "CLIP", "--videomae", "CLIP/00000.png"], 65, "not a usable file of weights"),
    (["embed", "CLIP", "--compression", "x"], 64, "need --embedder videomae"),
    (["embed", "CLIP", "-o", "out.txt"], 64, "must end in .json"),
    (["embed", "CLIP", "-o", "/nowhere/out.npy"], 74, "/nowhere"),
    (["models", "--fetch", "no-such-model"], 64, "known are videomae-base"),
    (["models", "--fetch", "http://127.0.0.1:9/m.bin"], 66, "without a network"),
    (["models", "--fetch", "file:///nowhere/m.bin"], 66, "refused"),
    (["models", "--fetch", "https://x/y", "--sha256", "12"], 64, "64 hexadecimal digits"),
  ])
  func badInput(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let fixture = try Fixture.shared.get()
    let folder = fixture.fresh("models")
    let result = try Command.run(
      arguments.map { $0.replacingOccurrences(of: "CLIP", with: fixture.frames) },
      environment: ["HYPERNVD_MODELS": folder, "HF_HUB_CACHE": folder + "/hub"])
    #expect(result.status == status, "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  @Test func fetchesAndListsModels() throws {
    let fixture = try Fixture.shared.get()
    let folder = fixture.fresh("models")
    let environment = ["HYPERNVD_MODELS": folder, "HF_HUB_CACHE": folder + "/hub"]
    let source = try fixture.file("abc.bin", Data("abc".utf8))
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    let fetched = try Command.run(
      ["models", "--fetch", "file://\(source)", "--sha256", digest], environment: environment)
    #expect(fetched.status == 0 && fetched.output.contains(digest), "\(fetched.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/abc.bin")) == Data("abc".utf8))
    let wrong = try Command.run(
      ["models", "--fetch", "file://\(source)", "--sha256", String(digest.reversed())], environment: environment)
    #expect(wrong.status == 65 && wrong.errors.contains("SHA-256"))
    try FileManager.default.createDirectory(atPath: folder + "/raft-small", withIntermediateDirectories: true)
    try Data([1]).write(to: URL(fileURLWithPath: folder + "/raft-small/raft_small_C_T_V2-01064c6d.pth"))
    let list = try Command.run(["models"], environment: environment)
    #expect(list.status == 0)
    #expect(list.output.contains("raft-small/raft_small_C_T_V2-01064c6d.pth"))
    #expect(list.output.contains("absent; fetch with --fetch videomae-base"))
  }

  /// A VideoMAE of 4 frames with random weights, from the tests of the library.
  private let tinyModel = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("EmbeddingTests/Fixtures/mean").path

  private struct Record: Decodable {
    var embedder: String
    var frames: [Int]
    var values: [Float]
  }
}

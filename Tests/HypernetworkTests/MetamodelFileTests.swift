import Decomposition
import Foundation
import NeuralField
import Testing

@testable import Hypernetwork

@Suite struct MetamodelFileTests {
  private let model = DecompositionConfiguration.small.model

  private func metamodel() throws -> Metamodel {
    let trainer = try MetaTrainer(
      library: try library(seeds: [1, 2]), embedder: ColourEmbedder(), hypernetwork: .small(.factorised),
      configuration: .small, note: "procedural clips", seed: 4, threads: 1)
    _ = try trainer.train(budget: .iterations(2), shouldStop: { false })
    return trainer.metamodel
  }

  private func withFile(_ body: (Metamodel, URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let metamodel = try metamodel()
    try metamodel.save(to: url)
    try body(metamodel, url)
  }

  @Test func whatIsReadIsWhatWasWritten() throws {
    try withFile { metamodel, url in
      let loaded = try Metamodel(contentsOf: url, threads: 1)
      #expect(loaded.description == metamodel.description)
      #expect(loaded.description.note == "procedural clips")
      #expect(loaded.description.trainedOn.map(\.name) == ["scene1", "scene2"])
      let vector = (0..<12).map { Float($0) / 6 - 1 }
      let (a, b) = try (
        metamodel.parameters(for: vector, from: "colours", model: model, layerCount: 2),
        loaded.parameters(for: vector, from: "colours", model: model, layerCount: 2)
      )
      // bf16 has 8 significant bits.
      let scale = a.values.map { abs($0) }.max() ?? 0
      #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) < 0.01 * scale })
      #expect(a.values != b.values)
      let again = url.appendingPathExtension("again")
      defer { try? FileManager.default.removeItem(at: again) }
      try loaded.save(to: again)
      #expect(try Data(contentsOf: again) == Data(contentsOf: url))
    }
  }

  @Test func aMismatchIsASentence() throws {
    let metamodel = try metamodel()
    let vector = [Float](repeating: 0, count: 12)
    func refusal(_ vector: [Float], _ embedder: String, _ model: ModelConfiguration, _ layers: Int) -> String {
      do {
        _ = try metamodel.parameters(for: vector, from: embedder, model: model, layerCount: layers)
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(refusal(vector, "colours", model, 2) == "accepted")
    #expect(refusal(vector, "descriptor-1", model, 2).contains("with the embedder colours, not descriptor-1"))
    #expect(refusal(vector, "colours", model, 3).contains("models of 2 layers, this clip has 3"))
    #expect(refusal(vector, "colours", .fast, 2).contains("another configuration"))
    #expect(refusal([1], "colours", model, 2).contains("12 finite values"))
    #expect(refusal([Float](repeating: .nan, count: 12), "colours", model, 2).contains("finite"))
  }

  /// Truncated and mutated files: a typed error or a metamodel of finite values, never a crash.
  @Test func damagedFilesAreRefused() throws {
    try withFile { _, url in
      let whole = try Data(contentsOf: url)
      #expect(throws: HypernetworkError.absentFile(path: "/nowhere.safetensors")) {
        try Metamodel(contentsOf: URL(fileURLWithPath: "/nowhere.safetensors"))
      }
      func read(_ data: Data) -> String {
        do {
          try data.write(to: url)
          _ = try Metamodel(contentsOf: url, threads: 1)
          return "read"
        } catch let error as HypernetworkError { return "\(error)" } catch { return "untyped: \(error)" }
      }
      for length in [0, 7, 8, 100, 2000, whole.count / 2, whole.count - 1] {
        #expect(read(whole.prefix(length)).contains("cannot be used as a metamodel"), "\(length) bytes")
      }
      var random = RandomSource(seed: 77)
      let header = 8 + Int(whole[0]) + Int(whole[1]) << 8 + Int(whole[2]) << 16
      for _ in 0..<150 {
        var data = whole
        for _ in 0..<1 + random.index(below: 3) {
          data[random.index(below: header)] = UInt8(truncatingIfNeeded: random.next())
        }
        #expect(!read(data).hasPrefix("untyped"))
      }
      // Sizes that the file does not hold, before anything is allocated.
      let text = String(decoding: whole.prefix(header), as: UTF8.self)
      for (old, new) in [
        ("log2_hashmap_size\\\":8", "log2_hashmap_size\\\":24"), ("\\\"rank\\\":5", "\\\"rank\\\":999"),
        ("layer_count\\\":2", "layer_count\\\":9"), ("\\\"version\\\":1", "\\\"version\\\":7"),
      ] {
        #expect(text.contains(old), "\(old)")
        let changed = text.dropFirst(8).replacingOccurrences(of: old, with: new)
        let padded = changed + String(repeating: " ", count: (8 - changed.utf8.count % 8) % 8)
        let length = withUnsafeBytes(of: UInt64(padded.utf8.count).littleEndian) { Data($0) }
        #expect(read(length + Data(padded.utf8) + whole.dropFirst(header)).contains("cannot be used"), "\(new)")
      }
      var spoiled = whole
      // The upper byte of the last value: an exponent of all ones.
      spoiled.replaceSubrange(whole.count - 2..<whole.count, with: [0xff, 0x7f])
      #expect(read(spoiled).contains("not finite"))
    }
  }
}

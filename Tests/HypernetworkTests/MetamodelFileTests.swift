import Decomposition
import Foundation
import NeuralField
import Testing
import Weights

@testable import Hypernetwork

@Suite struct MetamodelFileTests {
  private let model = DecompositionConfiguration.small.model

  private func metamodel(_ learned: HypernetworkConfiguration.Learned = .everything) throws -> Metamodel {
    var hypernetwork = HypernetworkConfiguration.small(.factorised)
    hypernetwork.learned = learned
    let trainer = try MetaTrainer(
      library: try library(seeds: [1, 2]), embedder: ColourEmbedder(), hypernetwork: hypernetwork,
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
        metamodel.parameters(for: vector, from: "colours", model: model, layerCount: 2, seed: 1),
        loaded.parameters(for: vector, from: "colours", model: model, layerCount: 2, seed: 1)
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

  @Test func theFileHoldsOnlyWhatIsLearned() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    for learned in HypernetworkConfiguration.Learned.allCases {
      let metamodel = try metamodel(learned)
      try metamodel.save(to: url)
      let file = try TensorFile(contentsOf: url)
      for (tensor, count) in metamodel.network.layout.places {
        let info = try? file.info("shared." + tensor.name, shape: tensor.shape(ofFirst: count))
        #expect((info != nil) == (count > 0), "\(learned): \(tensor.name)")
      }
      // What is not in the file is random, from the seed of the training that it shall start.
      let loaded = try Metamodel(contentsOf: url, threads: 1)
      let vector = [Float](repeating: 0.1, count: 12)
      let (a, b) = try (
        loaded.parameters(for: vector, from: "colours", model: model, layerCount: 2, seed: 1),
        loaded.parameters(for: vector, from: "colours", model: model, layerCount: 2, seed: 2)
      )
      #expect((a.values == b.values) == (learned == .everything), "\(learned)")
    }
  }

  /// Knowledge that is in no table, or in levels that are indexed directly, does not depend on the tables' sizes.
  @Test(arguments: [HypernetworkConfiguration.Learned.common, .decoders])
  func otherSizesOfTablesFit(learned: HypernetworkConfiguration.Learned) throws {
    let metamodel = try metamodel(learned)
    #expect(metamodel.fixedModel == nil)
    let vector = [Float](repeating: 0.1, count: 12)
    let network = metamodel.network
    let predicted = AlignedBuffer(count: network.target.count)
    network.predict(vector, into: predicted)
    for change in [-2, 3] {
      var other = model
      for grid in [\ModelConfiguration.textureGrid, \.residualGrid, \.alphaGrid] {
        other[keyPath: grid].log2TableSize += change
      }
      let values = try metamodel.parameters(for: vector, from: "colours", model: other, layerCount: 2, seed: 3)
      let fresh = try NVDModel.unfitted(other, layerNames: ["foreground", "background"])
      fresh.initialize(seed: 3)
      let wanted = HypernetworkLayout(network.configuration, model: other, layerCount: 2, embeddingSize: 12)
      for (source, target) in zip(network.layout.places, wanted.places) {
        let known = min(source.learned, target.learned)
        #expect((known > 0) == (source.learned > 0), "\(source.tensor.name)")
        for index in 0..<target.tensor.count {
          let place = target.tensor.offset + index
          #expect(
            values[place] == (index < known ? predicted[source.tensor.offset + index] : fresh.parameters[place]),
            "\(target.tensor.name), value \(index)")
        }
      }
    }
    #expect(throws: HypernetworkError.self) {
      try metamodel.parameters(for: vector, from: "colours", model: .fast, layerCount: 2, seed: 3)
    }
  }

  /// What was learned of a level's cells says nothing of other cells: where the growth is another (as `fitGrids` chooses
  /// it for small frames) textures keep their random values from the first level on that differs.
  @Test func levelsOfOtherCellsAreNotTaken() throws {
    let metamodel = try metamodel(.common)
    let vector = [Float](repeating: 0.1, count: 12)
    let network = metamodel.network
    let predicted = AlignedBuffer(count: network.target.count)
    network.predict(vector, into: predicted)
    var other = model
    for grid in [\ModelConfiguration.textureGrid, \.residualGrid] { other[keyPath: grid].growth = 1.3 }
    let values = try metamodel.parameters(for: vector, from: "colours", model: other, layerCount: 2, seed: 3)
    let fresh = try NVDModel.unfitted(other, layerNames: ["foreground", "background"])
    fresh.initialize(seed: 3)
    // Cells along an axis: 4, 5, 7, 10 in the metamodel; 4, 5, 6, 8 here.
    #expect((0..<4).map(model.textureGrid.resolution) == [4, 5, 7, 10])
    #expect((0..<4).map(other.textureGrid.resolution) == [4, 5, 6, 8])
    let known = 2 * (5 * 5 + 6 * 6)
    for layer in ["foreground", "background"] {
      let source = try #require(network.target.tensor(named: "\(layer).texture.grid"))
      let target = try #require(fresh.layout.tensor(named: "\(layer).texture.grid"))
      for index in 0..<target.count {
        let place = target.offset + index
        #expect(
          values[place] == (index < known ? predicted[source.offset + index] : fresh.parameters[place]), "\(index)")
      }
    }
  }

  @Test func aMismatchIsASentence() throws {
    let metamodel = try metamodel()
    let vector = [Float](repeating: 0, count: 12)
    func refusal(_ vector: [Float], _ embedder: String, _ model: ModelConfiguration, _ layers: Int) -> String {
      do {
        _ = try metamodel.parameters(for: vector, from: embedder, model: model, layerCount: layers, seed: 1)
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
        ("layer_count\\\":2", "layer_count\\\":9"), ("\\\"version\\\":3", "\\\"version\\\":7"),
        ("\\\"version\\\":3", "\\\"version\\\":1"),
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

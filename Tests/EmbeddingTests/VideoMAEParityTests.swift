import Foundation
import Inference
import NeuralField
import Testing
import Weights

@testable import Embedding

/// The encoder against `transformers` 4.46.3, stage by stage.
@Suite struct VideoMAEParityTests {
  @Test(arguments: ["token", "mean"])
  func everyStageAgrees(_ name: String) throws {
    let folder = try Fixtures.url(name)
    let model = try VideoMAEEmbedder(folder, useHead: true, lanes: 2)
    let stages = try TensorFile(contentsOf: folder.appendingPathComponent("stages.safetensors"))
    var checked: [String] = []
    let features = try model.encoder.encode(stages.floats("pixels")) { stage, tokens in
      let number = stage == "embeddings" ? "0" : String(stage.split(separator: " ")[1])
      let difference = (try? stages.floats("hidden.\(number)")).map { largestDifference(tokens.values, $0) }
      #expect(difference ?? .infinity < 2e-5, "\(stage): \(String(describing: difference))")
      checked.append(stage)
    }
    #expect(checked.count == model.encoder.configuration.layerCount + 1)
    #expect(try largestDifference(features.normed.values, stages.floats("last")) < 2e-5)
    let folderWeights = try VideoMAEWeights(
      TensorFile(contentsOf: folder.appendingPathComponent("model.safetensors")), path: name)
    let head = try VideoMAEHead(folderWeights, model.encoder.configuration, path: name)
    #expect(try largestDifference(head.apply(features), stages.floats("logits")) < 2e-5)
  }

  @Test("The lanes do not change the result")
  func lanes() throws {
    let folder = try Fixtures.url("token")
    let pixels = try TensorFile(contentsOf: folder.appendingPathComponent("stages.safetensors")).floats("pixels")
    let results = try [1, 2, 3].map { try VideoMAEEmbedder(folder, lanes: $0).encoder.encode(pixels).normed.values }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test("An original checkpoint without a configuration file is the same model")
  func originalCheckpoint() throws {
    let stages = try TensorFile(contentsOf: Fixtures.url("mean/stages.safetensors"))
    let path = try Fixtures.url("original.pth")
    let weights = try VideoMAEWeights(TensorFile(contentsOf: path), path: path.path)
    var configuration = try weights.configuration()
    #expect(configuration.hiddenSize == 64 && configuration.headCount == 1 && configuration.layerCount == 1)
    #expect(configuration.intermediateSize == 80 && configuration.patchSize == 8 && configuration.usesMeanPooling)
    // Nothing in the file tells these two.
    (configuration.imageSize, configuration.frameCount) = (16, 4)
    let encoder = try VideoMAEEncoder(weights, configuration, runner: LaneRunner(lanes: 2))
    let features = try encoder.encode(stages.floats("pixels"))
    #expect(try largestDifference(features.normed.values, stages.floats("last")) < 2e-5)
    let head = try VideoMAEHead(weights, configuration, path: path.path)
    #expect(try largestDifference(head.apply(features), stages.floats("logits")) < 2e-5)
  }

  @Test("Position table")
  func positions() {
    let table = PositionTable.values(tokens: 1568, width: 768)
    #expect(largestDifference(Array(table[768..<772]), [0.8414710, 0.5403023, 0.8284308, 0.5600915]) < 1e-6)
  }

  @Test(
    "A classification model made elsewhere, stage by stage",
    .enabled(if: OutsideData.isPresent, "needs HYPERNVD_DATA (weights/videomae-tiny-fixture)"))
  func outsideFixture() throws {
    let model = try VideoMAEEmbedder(OutsideData.videoMAE, useHead: true, lanes: 2)
    var stages: [String: [Float]] = [:]
    let features = try model.encoder.encode(OutsideData.values("pixel_values_btchw")) { stages[$0] = $1.values }
    // Values reach 19: sums of 1,536 products in 32 bits end 2e-6 of that apart, depending on their order.
    func expect(_ found: [Float], _ name: String) throws {
      let expected = try OutsideData.values(name)
      let (difference, largest) = (largestDifference(found, expected), expected.map(abs).max() ?? 0)
      #expect(difference < 4e-6 * largest, "\(name): off by \(difference), the largest value is \(largest)")
    }
    try expect(stages["embeddings"] ?? [], "embeddings")
    try expect(stages["layer 1"] ?? [], "hidden_after_layer1")
    try expect(features.hidden.values, "hidden_last_before_ln")
    try expect(features.normed.values, "last_hidden_state")
    #expect(
      try largestDifference(PositionTable.values(tokens: 8, width: 24), OutsideData.values("pos_table_8x24")) < 1e-6)
  }
}

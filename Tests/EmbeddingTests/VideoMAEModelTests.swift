import Foundation
import Inference
import Media
import SyntheticScenes
import Testing
import Weights

@testable import Embedding

/// Opening models, and what is refused.
@Suite struct VideoMAEModelTests {
  @Test("Pixels are normalised as the model's own file says; the crop is the middle square")
  func preprocessing() throws {
    let url = try Fixtures.url("mean/preprocessor_config.json")
    var preprocessing = try JSONDecoder().decode(VideoMAEPreprocessing.self, from: Data(contentsOf: url))
    #expect(preprocessing.mean == [0.5, 0.4, 0.3] && preprocessing.deviation == [0.2, 0.3, 0.4])
    // Red left and right of a grey middle square.
    let pixels = (0..<4 * 8).flatMap { index -> [UInt16] in
      (2..<6).contains(index % 8) ? [102 * 257, 102 * 257, 102 * 257] : [65535, 0, 0]
    }
    let frame = Frame(size: PixelSize(width: 8, height: 4), pixels: pixels)
    preprocessing.framing = .crop
    let cropped = try preprocessing.pixels([frame], side: 4)
    let expected: [Float] = [(0.4 - 0.5) / 0.2, 0, (0.4 - 0.3) / 0.4]
    for channel in 0..<3 {
      #expect(cropped[16 * channel..<16 * channel + 16].allSatisfy { abs($0 - expected[channel]) < 1e-5 })
    }
    preprocessing.framing = .stretch
    let stretched = try preprocessing.pixels([frame], side: 4)
    #expect(stretched[0] > 2 && abs(stretched[1] + 0.5) < 1.5)
  }

  @Test func namesTellModelsAndPoolingsApart() throws {
    let folder = try Fixtures.url("mean")
    let names = try [
      VideoMAEEmbedder(folder).name, VideoMAEEmbedder(folder, useHead: true).name,
      VideoMAEEmbedder(folder, framing: .crop).name, VideoMAEEmbedder(Fixtures.url("token")).name,
    ]
    #expect(Set(names).count == 4)
    #expect(try VideoMAEEmbedder(folder).name == names[0])
  }

  @Test func embedsAndCompresses() throws {
    try withFolder { scratch in
      let folder = try Fixtures.url("mean")
      let model = try VideoMAEEmbedder(folder)
      let frames = scene(frames: model.frameCount).clip.frames
      let mean = try model.embed(frames)
      #expect(mean.count == 64 && mean.allSatisfy(\.isFinite))
      let features = try model.features(frames)
      #expect(features.shape == [8, 64])
      let compression = try CompressionTraining().run([features], embedder: model.modelName)
      let file = scratch.appendingPathComponent("c.safetensors")
      try compression.write(to: file)
      let compressing = try VideoMAEEmbedder(folder, compression: file)
      #expect(try compressing.embed(frames) == compression.compress(features))
      #expect(compressing.name.hasPrefix(model.modelName))
      #expect(throws: EmbeddingError.self) { try VideoMAEEmbedder(folder, framing: .crop, compression: file) }
      #expect(throws: EmbeddingError.windowLength(found: 3, needed: 4)) { try model.embed(Array(frames[..<3])) }
    }
  }

  @Test(arguments: [
    ("num_attention_heads", "5", "must divide"), ("hidden_size", "99999999", "hidden_size is 99999999"),
    ("num_frames", "-2", "num_frames is -2"), ("hidden_size", "\"big\"", "hidden_size is of another type"),
    ("hidden_size", "128", "has shape"), ("num_hidden_layers", "2", "no tensor"),
    ("image_size", "1e400", "config.json"),
  ])
  func aBadConfigurationIsRefused(_ field: String, _ value: String, _ words: String) throws {
    try withFolder { scratch in
      let copy = try copy(of: "mean", in: scratch)
      let config = copy.appendingPathComponent("config.json")
      let text = try String(contentsOf: config, encoding: .utf8)
      let pattern = "\"\(field)\": [0-9]+"
      let changed = text.replacingOccurrences(of: pattern, with: "\"\(field)\": \(value)", options: .regularExpression)
      #expect(changed != text)
      try Data(changed.utf8).write(to: config)
      let error = #expect(throws: (any Error).self) { try VideoMAEEmbedder(copy) }
      #expect("\(error!)".contains(words), "\(error!)")
    }
  }

  @Test func whatIsNoModelIsRefused() throws {
    try withFolder { scratch in
      #expect(throws: EmbeddingError.modelAbsent(path: "/nowhere")) {
        try VideoMAEEmbedder(URL(fileURLWithPath: "/nowhere"))
      }
      #expect(throws: EmbeddingError.self) { try VideoMAEEmbedder(scratch) }
      let other = scratch.appendingPathComponent("other.safetensors")
      try SafetensorsWriter.write(tensors: [("x", [1], [1])], to: other)
      let error = #expect(throws: EmbeddingError.self) { try VideoMAEEmbedder(other) }
      #expect(error?.description.contains("patch_embed") == true)
      let copy = try copy(of: "mean", in: scratch)
      try Data(#"{"image_std": [0, 1, 1]}"#.utf8).write(to: copy.appendingPathComponent("preprocessor_config.json"))
      #expect(throws: EmbeddingError.self) { try VideoMAEEmbedder(copy) }
    }
  }

  private func copy(of name: String, in folder: URL) throws -> URL {
    let copy = folder.appendingPathComponent(name)
    try FileManager.default.copyItem(at: Fixtures.url(name), to: copy)
    return copy
  }

  /// VideoMAE-base with random weights: 16 frames of 224 x 224 on all cores.
  @Test("VideoMAE-base takes under 5 s of processor time on each of two cores")
  func baseSizeIsFast() throws {
    try withFolder { scratch in
      let file = scratch.appendingPathComponent("base.safetensors")
      try RandomModel.write(VideoMAEConfiguration(), to: file)
      let model = try VideoMAEEmbedder(file, lanes: 2)
      let frames = scene(frames: 16).clip.frames
      _ = try model.embed(frames)
      let begin = clock()
      let vector = try model.embed(frames)
      let seconds = Double(clock() - begin) / Double(CLOCKS_PER_SEC)
      print("VideoMAE-base: \(seconds) s of processor time for a window")
      #expect(vector.count == 768)
      #expect(seconds < 10)
    }
  }
}

/// A short procedural clip.
func scene(frames: Int, seed: UInt64 = 1) -> SyntheticScene {
  var configuration = SceneConfiguration()
  configuration.size = PixelSize(width: 96, height: 64)
  configuration.frameCount = frames
  configuration.seed = seed
  return SceneGenerator.make(configuration)
}

/// Seeded random weights of any size, under Hugging Face's names.
enum RandomModel {
  static func write(_ c: VideoMAEConfiguration, to url: URL) throws {
    var state: UInt64 = 5
    func noise(_ count: Int) -> [Float] {
      (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Float(state >> 40) / Float(1 << 23) - 1) * 0.03
      }
    }
    var tensors: [(name: String, shape: [Int], values: [Float])] = []
    func add(_ name: String, _ shape: [Int]) { tensors.append((name, shape, noise(shape.reduce(1, *)))) }
    let width = c.hiddenSize
    add("embeddings.patch_embeddings.projection.weight", [width, 3, c.tubeletSize, c.patchSize, c.patchSize])
    add("embeddings.patch_embeddings.projection.bias", [width])
    for index in 0..<c.layerCount {
      let layer = "encoder.layer.\(index)"
      for name in ["query", "key", "value"] { add("\(layer).attention.attention.\(name).weight", [width, width]) }
      for name in ["q_bias", "v_bias"] { add("\(layer).attention.attention.\(name)", [width]) }
      add("\(layer).attention.output.dense.weight", [width, width])
      add("\(layer).intermediate.dense.weight", [c.intermediateSize, width])
      add("\(layer).intermediate.dense.bias", [c.intermediateSize])
      add("\(layer).output.dense.weight", [width, c.intermediateSize])
      for name in ["attention.output.dense.bias", "output.dense.bias"] { add("\(layer).\(name)", [width]) }
      for name in ["layernorm_before", "layernorm_after"] {
        add("\(layer).\(name).weight", [width])
        add("\(layer).\(name).bias", [width])
      }
    }
    try SafetensorsWriter.write(tensors: tensors, to: url)
  }
}

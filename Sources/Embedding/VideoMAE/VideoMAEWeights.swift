import Foundation
import Weights

/// The tensors of a VideoMAE encoder under either of their namings: Hugging Face's and that of the original checkpoints.
struct VideoMAEWeights {
  /// What a naming calls the parts of the encoder.
  private struct Naming {
    let patches, layer, normBefore, normAfter, attentionOutput, hidden, output, lastNorm: String

    static let huggingFace = Naming(
      patches: "embeddings.patch_embeddings.projection", layer: "encoder.layer", normBefore: "layernorm_before",
      normAfter: "layernorm_after", attentionOutput: "attention.output.dense", hidden: "intermediate.dense",
      output: "output.dense", lastNorm: "layernorm")
    static let original = Naming(
      patches: "patch_embed.proj", layer: "blocks", normBefore: "norm1", normAfter: "norm2",
      attentionOutput: "attn.proj", hidden: "mlp.fc1", output: "mlp.fc2", lastNorm: "norm")
  }

  /// A matrix (outputs x inputs) and the offsets of its outputs.
  struct Affine {
    let weights: [Float]
    let bias: [Float]?
  }

  /// Scale and shift of a layer norm.
  typealias Norm = (scale: [Float], shift: [Float])

  private let file: TensorFile
  private let naming: Naming
  private let prefix: String
  private let path: String

  /// - Throws: `EmbeddingError.notAModel` where the file has no encoder under either naming.
  init(_ file: TensorFile, path: String) throws {
    self.path = path
    self.file = file.unwrapped()
    for naming in [Naming.huggingFace, .original] {
      for prefix in ["", "videomae.", "encoder."] where self.file.tensors["\(prefix)\(naming.patches).weight"] != nil {
        (self.naming, self.prefix) = (naming, prefix)
        return
      }
    }
    throw EmbeddingError.notAModel(
      path: path,
      reason: "it has no tensor 'embeddings.patch_embeddings.projection.weight' or 'patch_embed.proj.weight'")
  }

  /// What the shapes of the tensors tell, where no configuration file lies beside them.
  func configuration() throws -> VideoMAEConfiguration {
    var result = VideoMAEConfiguration()
    let patches = try file.info("\(prefix)\(naming.patches).weight").shape
    guard patches.count == 5, patches[3] == patches[4] else {
      throw EmbeddingError.notAModel(path: path, reason: "its patches have the shape \(patches)")
    }
    (result.hiddenSize, result.channels, result.tubeletSize, result.patchSize) =
      (patches[0], patches[1], patches[2], patches[3])
    result.layerCount = 0
    while result.layerCount < 64, has("\(layer(result.layerCount)).\(naming.normBefore).weight") {
      result.layerCount += 1
    }
    result.intermediateSize = try file.info("\(prefix)\(layer(0)).\(naming.hidden).weight").shape.first ?? 0
    // Every published size has heads of 64 values.
    result.headCount = max(1, result.hiddenSize / 64)
    result.usesMeanPooling = !has("\(naming.lastNorm).weight")
    result.hasQueryBias = has("\(layer(0)).attention.attention.q_bias") || has("\(layer(0)).attn.q_bias")
    return result
  }

  func patches(_ c: VideoMAEConfiguration) throws -> Affine {
    try affine(naming.patches, [c.hiddenSize, c.channels, c.tubeletSize, c.patchSize, c.patchSize])
  }

  /// Queries, keys and values in one matrix of three times the width.
  func attentionInput(_ index: Int, _ c: VideoMAEConfiguration) throws -> Affine {
    let width = c.hiddenSize
    let weights: [Float]
    let biases: String
    if naming.layer == Naming.original.layer {
      weights = try tensor("\(layer(index)).attn.qkv.weight", [3 * width, width])
      biases = "\(layer(index)).attn"
    } else {
      biases = "\(layer(index)).attention.attention"
      weights = try ["query", "key", "value"].flatMap { try tensor("\(biases).\($0).weight", [width, width]) }
    }
    guard c.hasQueryBias else { return Affine(weights: weights, bias: nil) }
    let bias =
      try tensor("\(biases).q_bias", [width]) + [Float](repeating: 0, count: width)
      + tensor("\(biases).v_bias", [width])
    return Affine(weights: weights, bias: bias)
  }

  func attentionOutput(_ index: Int, _ c: VideoMAEConfiguration) throws -> Affine {
    try affine("\(layer(index)).\(naming.attentionOutput)", [c.hiddenSize, c.hiddenSize])
  }

  func hidden(_ index: Int, _ c: VideoMAEConfiguration) throws -> Affine {
    try affine("\(layer(index)).\(naming.hidden)", [c.intermediateSize, c.hiddenSize])
  }

  func output(_ index: Int, _ c: VideoMAEConfiguration) throws -> Affine {
    try affine("\(layer(index)).\(naming.output)", [c.hiddenSize, c.intermediateSize])
  }

  func normBefore(_ index: Int, _ c: VideoMAEConfiguration) throws -> Norm {
    try norm("\(prefix)\(layer(index)).\(naming.normBefore)", c)
  }

  func normAfter(_ index: Int, _ c: VideoMAEConfiguration) throws -> Norm {
    try norm("\(prefix)\(layer(index)).\(naming.normAfter)", c)
  }

  /// The norm behind the last layer, which models that pool by the mean do not have.
  func lastNorm(_ c: VideoMAEConfiguration) throws -> Norm? {
    has("\(naming.lastNorm).weight") ? try norm("\(prefix)\(naming.lastNorm)", c) : nil
  }

  /// The norm of the mean before a classifier.
  func poolingNorm(_ c: VideoMAEConfiguration) throws -> Norm? {
    file.tensors["fc_norm.weight"] == nil ? nil : try norm("fc_norm", c)
  }

  /// A linear head on the pooled tokens: a classifier, or an embedding that somebody trained.
  func head(_ c: VideoMAEConfiguration) throws -> (outputs: Int, Affine)? {
    for name in ["classifier", "head"] {
      guard let shape = file.tensors["\(name).weight"]?.shape, shape.count == 2 else { continue }
      let weights = try file.floats("\(name).weight", shape: [shape[0], c.hiddenSize])
      return (shape[0], Affine(weights: weights, bias: try file.floats("\(name).bias", shape: [shape[0]])))
    }
    return nil
  }

  /// A number that tells models of one shape apart.
  func fingerprint() throws -> String {
    let sample = try file.bytes("\(prefix)\(naming.patches).weight")
    return String(SHA256.hex(of: sample).prefix(12))
  }

  private func layer(_ index: Int) -> String { "\(naming.layer).\(index)" }
  private func has(_ name: String) -> Bool { file.tensors[prefix + name] != nil }
  private func tensor(_ name: String, _ shape: [Int]) throws -> [Float] { try file.floats(prefix + name, shape: shape) }

  private func affine(_ name: String, _ shape: [Int]) throws -> Affine {
    Affine(weights: try tensor("\(name).weight", shape), bias: try tensor("\(name).bias", [shape[0]]))
  }

  private func norm(_ name: String, _ c: VideoMAEConfiguration) throws -> Norm {
    (
      try file.floats("\(name).weight", shape: [c.hiddenSize]), try file.floats("\(name).bias", shape: [c.hiddenSize])
    )
  }
}

import Foundation

/// The shape of a VideoMAE encoder (Tong et al., NeurIPS 2022), with the names of Hugging Face's `config.json`.
public struct VideoMAEConfiguration: Codable, Equatable, Sendable {
  /// Height and width of the frames, in pixels.
  public var imageSize = 224
  /// Height and width of a patch, in pixels.
  public var patchSize = 16
  public var channels = 3
  public var frameCount = 16
  /// How many frames a token spans.
  public var tubeletSize = 2
  /// The length of a token's vector.
  public var hiddenSize = 768
  public var layerCount = 12
  public var headCount = 12
  /// The width of the networks between attentions.
  public var intermediateSize = 3072
  /// Added to variances in layer norms.
  public var normEpsilon: Float = 1e-12
  /// Whether queries and values have offsets (keys never have).
  public var hasQueryBias = true
  /// Whether a classifier takes the mean of the tokens; then the encoder itself has no last norm.
  public var usesMeanPooling = true

  enum CodingKeys: String, CodingKey {
    case imageSize = "image_size"
    case patchSize = "patch_size"
    case channels = "num_channels"
    case frameCount = "num_frames"
    case tubeletSize = "tubelet_size"
    case hiddenSize = "hidden_size"
    case layerCount = "num_hidden_layers"
    case headCount = "num_attention_heads"
    case intermediateSize = "intermediate_size"
    case normEpsilon = "layer_norm_eps"
    case hasQueryBias = "qkv_bias"
    case usesMeanPooling = "use_mean_pooling"
  }

  /// VideoMAE-base.
  public init() {}

  /// A field that is absent has VideoMAE-base's value, as in `transformers`.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    func integer(_ key: CodingKeys, _ fallback: Int) throws -> Int {
      try fields.decodeIfPresent(Int.self, forKey: key) ?? fallback
    }
    imageSize = try integer(.imageSize, imageSize)
    patchSize = try integer(.patchSize, patchSize)
    channels = try integer(.channels, channels)
    frameCount = try integer(.frameCount, frameCount)
    tubeletSize = try integer(.tubeletSize, tubeletSize)
    hiddenSize = try integer(.hiddenSize, hiddenSize)
    layerCount = try integer(.layerCount, layerCount)
    headCount = try integer(.headCount, headCount)
    intermediateSize = try integer(.intermediateSize, intermediateSize)
    normEpsilon = try fields.decodeIfPresent(Float.self, forKey: .normEpsilon) ?? normEpsilon
    hasQueryBias = try fields.decodeIfPresent(Bool.self, forKey: .hasQueryBias) ?? hasQueryBias
    usesMeanPooling = try fields.decodeIfPresent(Bool.self, forKey: .usesMeanPooling) ?? usesMeanPooling
  }

  /// Patches along a side of a frame.
  public var patchesPerSide: Int { imageSize / patchSize }
  /// How many tokens a window becomes, in the order time, row, column.
  public var tokenCount: Int { frameCount / tubeletSize * patchesPerSide * patchesPerSide }
  /// How many values a token is made from.
  public var patchValues: Int { channels * tubeletSize * patchSize * patchSize }

  /// Refuses what no encoder has, before anything of that size is allocated.
  /// - Throws: `EmbeddingError.badConfiguration`.
  func validate(path: String) throws {
    let limits: [(String, Int, ClosedRange<Int>)] = [
      ("image_size", imageSize, 1...1024), ("patch_size", patchSize, 1...imageSize.clamped(to: 1...256)),
      ("num_channels", channels, 3...3), ("num_frames", frameCount, 1...256),
      ("tubelet_size", tubeletSize, 1...frameCount.clamped(to: 1...256)), ("hidden_size", hiddenSize, 1...4096),
      ("num_hidden_layers", layerCount, 1...64), ("num_attention_heads", headCount, 1...256),
      ("intermediate_size", intermediateSize, 1...16384),
    ]
    for (name, value, range) in limits where !range.contains(value) {
      throw EmbeddingError.badConfiguration(
        path: path, reason: "\(name) is \(value), from \(range.lowerBound) to \(range.upperBound) is possible")
    }
    guard hiddenSize % headCount == 0, imageSize % patchSize == 0, frameCount % tubeletSize == 0, tokenCount <= 16_384
    else {
      throw EmbeddingError.badConfiguration(
        path: path,
        reason: "\(headCount) heads must divide \(hiddenSize), patches of \(patchSize) the image of \(imageSize), "
          + "\(tubeletSize) frames the \(frameCount), and there may be at most 16384 tokens")
    }
    guard normEpsilon >= 0, normEpsilon < 1 else {
      throw EmbeddingError.badConfiguration(path: path, reason: "layer_norm_eps is \(normEpsilon)")
    }
  }
}

extension Int {
  fileprivate func clamped(to range: ClosedRange<Int>) -> Int {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

import Foundation
import Inference
import NeuralField

/// The encoder of VideoMAE (Tong et al., NeurIPS 2022): a window of frames becomes a sequence of tokens.
///
/// 32-bit floats throughout. VideoMAE-base needs about 180 G multiply-adds a window. Work is cut into blocks of rows and
/// heads, which the lanes share by fixed rules; the result does not depend on their number.
public final class VideoMAEEncoder: Sendable {
  /// What the encoder makes of a window, each `tokens x width`.
  public struct Features: Sendable {
    /// The tokens behind the last layer (`hidden_states[-1]` of `transformers`).
    public let hidden: Tensor
    /// The same after the last norm (`last_hidden_state`); `hidden` where the model has no last norm.
    public let normed: Tensor
  }

  public let configuration: VideoMAEConfiguration
  private let patches: Linear
  private let positions: [Float]
  private let layers: [EncoderLayer]
  private let attention: Attention
  private let lastNorm: LayerNorm?
  private let block: Int
  private let blocks: Int
  private let runner: LaneRunner

  /// About as many rows as keep a block's activations in the second-level cache.
  private static let preferredBlock = 196

  /// - Parameter configuration: validated already.
  init(_ weights: VideoMAEWeights, _ configuration: VideoMAEConfiguration, runner: LaneRunner) throws {
    let c = configuration
    self.configuration = c
    self.runner = runner
    blocks = (c.tokenCount + Self.preferredBlock - 1) / Self.preferredBlock
    block = (c.tokenCount + blocks - 1) / blocks
    let affine = try weights.patches(c)
    patches = try Linear(
      rows: block, inputs: c.patchValues, outputs: c.hiddenSize, weights: affine.weights, bias: affine.bias)
    positions = PositionTable.values(tokens: c.tokenCount, width: c.hiddenSize)
    let rows = block
    layers = try (0..<c.layerCount).map { try EncoderLayer(weights, $0, c, rows: rows) }
    attention = try Attention(tokens: c.tokenCount, width: c.hiddenSize, heads: c.headCount, block: block)
    lastNorm = try weights.lastNorm(c).map {
      LayerNorm(scale: $0.scale, shift: $0.shift, epsilon: c.normEpsilon)
    }
  }

  /// Runs the encoder.
  /// - Parameters:
  ///   - pixels: frame, channel, row, column; normalised as the model wants it.
  ///   - inspect: is shown the tokens after each stage: `embeddings`, `layer 1`, `layer 2`, ...
  /// - Precondition: as many values as the configuration says.
  public func encode(_ pixels: [Float], inspect: ((String, Tensor) -> Void)? = nil) throws -> Features {
    let c = configuration
    precondition(
      pixels.count == c.frameCount * c.channels * c.imageSize * c.imageSize, "\(pixels.count) values for a window")
    // Rows behind the last token fill up the last block; nothing reads them as keys or values.
    let rows = block * blocks
    let tokens = Tensor([rows, c.hiddenSize])
    let normed = Tensor([rows, c.hiddenSize])
    try embed(pixels, into: tokens)
    inspect?("embeddings", tokens.rows(0..<c.tokenCount))
    let queries = Tensor([rows, 3 * c.hiddenSize])
    let attended = Tensor([rows, c.hiddenSize])
    let wide = (0..<runner.lanes).map { _ in Tensor([block, c.intermediateSize]) }
    let scratch = (0..<runner.lanes).map { _ in attention.scratch() }
    for (index, layer) in layers.enumerated() {
      try eachBlock { _, rows in
        try layer.prepareAttention(tokens.rows(rows), normed: normed.rows(rows), into: queries.rows(rows))
      }
      try runner.tryRun(chunks: blocks * c.headCount) { [attention, block] lane, piece in
        try attention.run(
          queries, head: piece / self.blocks, row: piece % self.blocks * block, scratch: scratch[lane], into: attended)
      }
      try eachBlock { lane, rows in
        try layer.finish(
          tokens.rows(rows), attended: attended.rows(rows), normed: normed.rows(rows), wide: wide[lane])
      }
      inspect?("layer \(index + 1)", tokens.rows(0..<c.tokenCount))
    }
    guard let lastNorm else {
      return Features(hidden: tokens.rows(0..<c.tokenCount), normed: tokens.rows(0..<c.tokenCount))
    }
    lastNorm.run(tokens, into: normed)
    return Features(hidden: tokens.rows(0..<c.tokenCount), normed: normed.rows(0..<c.tokenCount))
  }

  private func eachBlock(_ body: @escaping @Sendable (_ lane: Int, _ rows: Range<Int>) throws -> Void) throws {
    let block = block
    try runner.tryRun(chunks: blocks) { lane, piece in try body(lane, piece * block..<(piece + 1) * block) }
  }

  /// A convolution whose kernel is as large as its step: each patch is a row of a product. Then the positions.
  private func embed(_ pixels: [Float], into tokens: Tensor) throws {
    let c = configuration
    let width = c.hiddenSize
    let input = (0..<runner.lanes).map { _ in Tensor([block, c.patchValues]) }
    try eachBlock { [patches, positions] lane, rows in
      pixels.withUnsafeBufferPointer { pixels in
        for token in rows where token < c.tokenCount {
          Self.copyPatch(token, c, pixels, input[lane].pointer + (token - rows.lowerBound) * c.patchValues)
        }
      }
      try patches.run(input[lane], into: tokens.rows(rows))
      let begin = rows.lowerBound * width
      for index in begin..<min(rows.upperBound * width, positions.count) { tokens.pointer[index] += positions[index] }
    }
  }

  /// The values of a token's patch, in the order of the weights: channel, frame, row, column.
  private static func copyPatch(
    _ token: Int, _ c: VideoMAEConfiguration, _ pixels: UnsafeBufferPointer<Float>,
    _ target: UnsafeMutablePointer<Float>
  ) {
    let side = c.patchesPerSide
    let (time, row, column) = (token / (side * side), token / side % side, token % side)
    var target = target
    for channel in 0..<c.channels {
      for frame in time * c.tubeletSize..<(time + 1) * c.tubeletSize {
        for y in row * c.patchSize..<(row + 1) * c.patchSize {
          let begin = ((frame * c.channels + channel) * c.imageSize + y) * c.imageSize + column * c.patchSize
          for x in 0..<c.patchSize { target[x] = pixels[begin + x] }
          target += c.patchSize
        }
      }
    }
  }
}

extension LaneRunner {
  /// `run(chunks:)` for work that may fail: the first failure stops the rest and is thrown.
  func tryRun(chunks: Int, _ body: @Sendable (_ lane: Int, _ chunk: Int) throws -> Void) throws {
    let failure = FirstFailure()
    run(chunks: chunks) { lane, chunk in
      guard failure.error == nil else { return }
      do { try body(lane, chunk) } catch { failure.note(error) }
    }
    if let error = failure.error { throw error }
  }
}

/// The first error of several threads.
private final class FirstFailure: @unchecked Sendable {
  private let lock = NSLock()
  private var first: (any Error)?

  var error: (any Error)? { lock.withLock { first } }
  func note(_ error: any Error) { lock.withLock { first = first ?? error } }
}

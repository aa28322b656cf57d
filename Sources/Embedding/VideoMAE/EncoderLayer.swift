import Inference

/// One layer of the encoder: `x += O(attention(LN(x)))`, then `x += W2 gelu(W1 LN(x))`, on blocks of rows.
struct EncoderLayer: Sendable {
  private let normBefore: LayerNorm
  private let normAfter: LayerNorm
  private let attentionInput: Linear
  private let attentionOutput: Linear
  private let hidden: Linear
  private let output: Linear

  /// - Parameter rows: how many rows a block has.
  init(_ weights: VideoMAEWeights, _ index: Int, _ c: VideoMAEConfiguration, rows: Int) throws {
    func linear(
      _ part: VideoMAEWeights.Affine, from inputs: Int, to outputs: Int, _ activation: Activation = .identity
    ) throws -> Linear {
      try Linear(
        rows: rows, inputs: inputs, outputs: outputs, weights: part.weights, bias: part.bias, activation: activation)
    }
    let before = try weights.normBefore(index, c)
    let after = try weights.normAfter(index, c)
    normBefore = LayerNorm(scale: before.scale, shift: before.shift, epsilon: c.normEpsilon)
    normAfter = LayerNorm(scale: after.scale, shift: after.shift, epsilon: c.normEpsilon)
    let width = c.hiddenSize
    attentionInput = try linear(weights.attentionInput(index, c), from: width, to: 3 * width)
    attentionOutput = try linear(weights.attentionOutput(index, c), from: width, to: width)
    hidden = try linear(weights.hidden(index, c), from: width, to: c.intermediateSize, .gelu)
    output = try linear(weights.output(index, c), from: c.intermediateSize, to: width)
  }

  /// Queries, keys and values of a block.
  func prepareAttention(_ tokens: Tensor, normed: Tensor, into queries: Tensor) throws {
    normBefore.run(tokens, into: normed)
    try attentionInput.run(normed, into: queries)
  }

  /// What follows the attention, which has written `attended`, for a block; `normed` and `wide` are scratch memory.
  func finish(_ tokens: Tensor, attended: Tensor, normed: Tensor, wide: Tensor) throws {
    try attentionOutput.run(attended, into: normed)
    add(normed, to: tokens)
    normAfter.run(tokens, into: normed)
    try hidden.run(normed, into: wide)
    try output.run(wide, into: normed)
    add(normed, to: tokens)
  }

  private func add(_ values: Tensor, to tokens: Tensor) {
    let (source, target) = (values.pointer, tokens.pointer)
    for index in 0..<tokens.count { target[index] += source[index] }
  }
}

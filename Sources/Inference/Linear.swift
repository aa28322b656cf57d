/// `y[row] = activation(W x[row] + b)` for a fixed number of rows: `[rows, inputs]` to `[rows, outputs]`.
public struct Linear: Sendable {
  private let convolution: Convolution
  private let rows: Int
  private let outputs: Int

  /// - Parameters:
  ///   - weights: `outputs x inputs`, as in PyTorch.
  ///   - bias: one value an output.
  /// - Throws: `InferenceError` where oneDNN has no memory.
  public init(
    rows: Int, inputs: Int, outputs: Int, weights: [Float], bias: [Float]? = nil, activation: Activation = .identity
  ) throws(InferenceError) {
    (self.rows, self.outputs) = (rows, outputs)
    convolution = try Convolution(
      height: 1, width: rows, inputs: inputs, outputs: outputs, kernel: (1, 1), weights: weights, bias: bias,
      activation: activation)
  }

  public func callAsFunction(_ input: Tensor) throws(InferenceError) -> Tensor {
    let output = Tensor([rows, outputs])
    try run(input, into: output)
    return output
  }

  /// As the call, into memory that is there already.
  public func run(_ input: Tensor, into output: Tensor) throws(InferenceError) {
    try convolution.run(input, into: output)
  }
}

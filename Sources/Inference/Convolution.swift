import COneDNN

/// A convolution over one picture `[height, width, inputs]`, with odd kernels and `kernel / 2` zeros around:
/// `[ceil(height / stride), ceil(width / stride), outputs]`.
public struct Convolution: Sendable {
  private let layer: Layer

  /// - Parameters:
  ///   - kernel: height and width, both odd.
  ///   - weights: `outputs x inputs x kernel.height x kernel.width`, as in PyTorch.
  ///   - bias: one value an output.
  /// - Throws: `InferenceError` where oneDNN has no memory.
  public init(
    height: Int, width: Int, inputs: Int, outputs: Int, kernel: (height: Int, width: Int), stride: Int = 1,
    weights: [Float], bias: [Float]? = nil, activation: Activation = .identity
  ) throws(InferenceError) {
    precondition(weights.count == outputs * inputs * kernel.height * kernel.width, "\(weights.count) weights")
    precondition(bias.map { $0.count == outputs } ?? true, "\(bias?.count ?? 0) offsets for \(outputs) outputs")
    precondition(kernel.height % 2 == 1 && kernel.width % 2 == 1, "a kernel of \(kernel)")
    var shape = conednn_convolution(
      height: Int32(height), width: Int32(width), inputs: Int32(inputs), outputs: Int32(outputs),
      kernel_height: Int32(kernel.height), kernel_width: Int32(kernel.width), stride: Int32(stride),
      activation: activation.code)
    layer = try Layer(
      "convolve \(inputs) channels of \(width)x\(height) to \(outputs)", from: [height, width, inputs],
      to: [(height + stride - 1) / stride, (width + stride - 1) / stride, outputs]
    ) { result in
      if let bias { return conednn_make_convolution(&shape, weights, bias, result) }
      return conednn_make_convolution(&shape, weights, nil, result)
    }
  }

  public var outputShape: [Int] { layer.outputShape }

  public func callAsFunction(_ input: Tensor) throws(InferenceError) -> Tensor {
    let output = Tensor(layer.outputShape)
    try layer.run(input, into: output)
    return output
  }

  /// As the call, into memory that is there already.
  /// - Precondition: the shapes are those of this convolution.
  public func run(_ input: Tensor, into output: Tensor) throws(InferenceError) {
    try layer.run(input, into: output)
  }
}

import Inference

/// A residual network from a picture `[height, width, 3]` in [-1, 1] to features `[height / 8, width / 8, channels]`,
/// prepared for one size.
struct RAFTEncoder: Sendable {
  private let stem: Normed
  private let blocks: [Block]
  private let head: Convolution

  /// - Precondition: height and width are multiples of 8.
  init(
    _ name: String, _ weights: RAFTWeights, norm: RAFTArchitecture.Norm, height: Int, width: Int
  ) throws {
    let network = weights.architecture
    var (height, width, inputs) = (height, width, network.stem)
    stem = try Normed(weights.kernel("\(name).conv1"), norm, height: height, width: width, stride: 2)
    (height, width) = (height / 2, width / 2)
    var blocks: [Block] = []
    for (stage, channels) in network.stages.enumerated() {
      for number in 0..<2 {
        let stride = stage > 0 && number == 0 ? 2 : 1
        blocks.append(
          try Block(
            "\(name).layer\(stage + 1).\(number)", weights, norm, inputs: inputs, outputs: channels, height: height,
            width: width, stride: stride))
        (height, width, inputs) = (height / stride, width / stride, channels)
      }
    }
    self.blocks = blocks
    head = try Convolution(weights.kernel("\(name).conv2"), height: height, width: width)
  }

  func callAsFunction(_ picture: Tensor) throws -> Tensor {
    var x = try stem(picture)
    for block in blocks { x = try block(x) }
    return try head(x)
  }

  /// A convolution with what follows it. Batch norm is part of the kernel already.
  private struct Normed: Sendable {
    let convolution: Convolution
    let norm: InstanceNorm?

    init(
      _ kernel: RAFTKernel, _ norm: RAFTArchitecture.Norm, height: Int, width: Int, stride: Int, relu: Bool = true
    ) throws {
      let isInstance = norm == .instance
      convolution = try Convolution(
        kernel, height: height, width: width, stride: stride, activation: relu && !isInstance ? .relu : .identity)
      self.norm =
        isInstance
        ? try InstanceNorm(height: height / stride, width: width / stride, channels: kernel.outputs, relu: relu) : nil
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
      let y = try convolution(x)
      try norm?.normalise(y)
      return y
    }
  }

  /// `relu(skip(x) + layers(x))`; the skip is a convolution only where the block changes the size.
  private struct Block: Sendable {
    let layers: [Normed]
    let skip: Normed?

    init(
      _ name: String, _ weights: RAFTWeights, _ norm: RAFTArchitecture.Norm, inputs: Int, outputs: Int, height: Int,
      width: Int, stride: Int
    ) throws {
      let all = weights.architecture.block.layers(from: inputs, to: outputs)
      let strided = all.firstIndex { $0.kernel == (3, 3) } ?? 0
      layers = try all.indices.map { index in
        let before = index > strided ? stride : 1
        return try Normed(
          weights.kernel("\(name).conv\(index + 1)"), norm, height: height / before, width: width / before,
          stride: index == strided ? stride : 1)
      }
      skip =
        stride == 1
        ? nil
        : try Normed(
          weights.kernel("\(name).downsample.0"), norm, height: height, width: width, stride: stride, relu: false)
    }

    func callAsFunction(_ x: Tensor) throws -> Tensor {
      var y = x
      for layer in layers { y = try layer(y) }
      addReLU(try skip?(x) ?? x, to: y)
      return y
    }
  }
}

extension Convolution {
  init(
    _ kernel: RAFTKernel, height: Int, width: Int, stride: Int = 1, activation: Activation = .identity
  ) throws {
    try self.init(
      height: height, width: width, inputs: kernel.inputs, outputs: kernel.outputs,
      kernel: (kernel.height, kernel.width), stride: stride, weights: kernel.weights, bias: kernel.bias,
      activation: activation)
  }
}

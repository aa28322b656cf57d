/// The weights of one convolution.
struct RAFTKernel: Sendable {
  let inputs: Int
  let outputs: Int
  let height: Int
  let width: Int
  /// `outputs x inputs x height x width`.
  var weights: [Float]
  /// One value an output; nil for none.
  var bias: [Float]?

  /// The weights of these inputs only, without the bias.
  func taking(_ range: Range<Int>) -> RAFTKernel {
    let area = height * width
    var part: [Float] = []
    part.reserveCapacity(outputs * range.count * area)
    for output in 0..<outputs {
      let start = output * inputs * area
      part += weights[start + range.lowerBound * area..<start + range.upperBound * area]
    }
    return RAFTKernel(inputs: range.count, outputs: outputs, height: height, width: width, weights: part)
  }

  /// All outputs of several kernels that read the same inputs, one kernel after the other.
  static func stacking(_ kernels: [RAFTKernel]) -> RAFTKernel {
    RAFTKernel(
      inputs: kernels[0].inputs, outputs: kernels.map(\.outputs).reduce(0, +), height: kernels[0].height,
      width: kernels[0].width, weights: kernels.flatMap(\.weights),
      bias: kernels[0].bias == nil ? nil : kernels.flatMap { $0.bias ?? [] })
  }

  /// Everything that comes out, times `factor`.
  func scaled(by factor: Float) -> RAFTKernel {
    var kernel = self
    kernel.weights = weights.map { $0 * factor }
    kernel.bias = bias?.map { $0 * factor }
    return kernel
  }

  /// The convolution followed by `scale * x + offset` of each output, as one convolution.
  func followed(byScale scale: [Float], offset: [Float]) -> RAFTKernel {
    var kernel = self
    let size = inputs * height * width
    for index in kernel.weights.indices { kernel.weights[index] *= scale[index / size] }
    kernel.bias = (0..<outputs).map { (bias?[$0] ?? 0) * scale[$0] + offset[$0] }
    return kernel
  }
}

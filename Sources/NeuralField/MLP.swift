import CKernels

/// A multilayer perceptron with ReLU between its layers and none after the last: `inputs -> width -> ... -> outputs`.
public struct MLP: Sendable {
  public struct Layer: Sendable {
    public let inputs: Int
    public let outputs: Int
    /// (outputs, inputs).
    public let weight: ParameterTensor
    /// (outputs); nil where the network has no biases.
    public let bias: ParameterTensor?
  }

  public let layers: [Layer]
  public var inputs: Int { layers[0].inputs }
  public var outputs: Int { layers[layers.count - 1].outputs }

  /// - Parameters:
  ///   - hiddenLayers: number of hidden activations of `width`; the network has one linear layer more.
  ///   - name: tensors are called `name.j.weight` and `name.j.bias`.
  public init(
    inputs: Int, width: Int, hiddenLayers: Int, outputs: Int, biases: Bool = true, name: String,
    in layout: inout ParameterLayout
  ) {
    precondition(hiddenLayers > 0, "an MLP needs a hidden layer")
    let sizes = [inputs] + [Int](repeating: width, count: hiddenLayers) + [outputs]
    var layers: [Layer] = []
    for j in 0...hiddenLayers {
      let weight = layout.add("\(name).\(j).weight", shape: [sizes[j + 1], sizes[j]], group: .network)
      let bias = biases ? layout.add("\(name).\(j).bias", shape: [sizes[j + 1]], group: .network) : nil
      layers.append(Layer(inputs: sizes[j], outputs: sizes[j + 1], weight: weight, bias: bias))
    }
    self.layers = layers
  }

  /// Uniform in [-1, 1] / sqrt(inputs) for weights and biases, as PyTorch does; the last layer times `outputScale`.
  public func initialize(
    _ parameters: UnsafeMutablePointer<Float>, outputScale: Float = 1, random: inout RandomSource
  ) {
    for (index, layer) in layers.enumerated() {
      let limit = (index == layers.count - 1 ? outputScale : 1) / Float(layer.inputs).squareRoot()
      for i in layer.weight.range { parameters[i] = random.symmetric(limit) }
      for i in layer.bias?.range ?? 0..<0 { parameters[i] = random.symmetric(limit) }
    }
  }

  /// Memory for `capacity` points: what the backward pass needs.
  ///
  /// - Parameters:
  ///   - precision: of the products. `.bfloat16` becomes `.single` where `kernels` has no bf16 products or the network
  ///     is too deep for them (`MLPWorkspace.precision` tells).
  ///   - splitInput: with `.bfloat16`, inputs are fed as the sum of two bf16 numbers. For coordinates: one bf16 number
  ///     would place a point of a frame of 800 pixels up to 0.75 pixels off.
  ///   - kernels: the set that multiplies where `precision` is `.bfloat16`.
  public func makeWorkspace(
    capacity: Int, precision: MLPPrecision = .single, splitInput: Bool = false, kernels: Kernels = .active
  ) -> MLPWorkspace {
    guard precision == .bfloat16, layers.count <= CK_MLP_LAYERS, let functions = kernels.mlpBFloat16
    else {
      return MLPWorkspace(self, capacity: capacity)
    }
    let network = BFloat16MLP(self, capacity: capacity, splitInput: splitInput, functions: functions)
    return MLPWorkspace(self, capacity: capacity, bfloat16: network)
  }

  /// Points that go through all layers before the next ones do: their activations stay in the second-level cache.
  fileprivate static let blockPoints = 256

  /// Evaluates the first `count` points of `input` (inputs rows); the result is in `workspace.output` (outputs rows).
  /// A `.bfloat16` workspace uses the kernels that it was made for.
  public func forward(
    _ parameters: UnsafePointer<Float>, input: FeatureRows, workspace: MLPWorkspace, count: Int, kernels: Kernels
  ) {
    if let bfloat16 = workspace.bfloat16 {
      return bfloat16.forward(parameters, input: input, output: workspace.output, count: count)
    }
    for start in stride(from: 0, to: count, by: Self.blockPoints) {
      let points = min(Self.blockPoints, count - start)
      for (index, layer) in layers.enumerated() {
        let x = index == 0 ? input : workspace.activations[index - 1]
        let y = workspace.activations[index]
        kernels.table.linear_forward(
          points, layer.outputs, layer.inputs, parameters + layer.weight.offset,
          layer.bias.map { parameters + $0.offset }, x.pointer + start, x.stride, y.pointer + start, y.stride,
          index < layers.count - 1 ? 1 : 0)
      }
    }
  }

  /// Adds the gradients of weights and biases to `gradient`, given `outputGradient` (outputs rows) for the points of the
  /// last `forward`. Where `inputGradient` is given, overwrites it with the gradient of the input (inputs rows).
  public func backward(
    _ parameters: UnsafePointer<Float>, input: FeatureRows, workspace: MLPWorkspace, outputGradient: FeatureRows,
    inputGradient: FeatureRows?, count: Int, gradient: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    if let bfloat16 = workspace.bfloat16 {
      return bfloat16.backward(
        parameters, outputGradient: outputGradient, inputGradient: inputGradient, count: count, gradient: gradient)
    }
    for start in stride(from: 0, to: count, by: Self.blockPoints) {
      let points = min(Self.blockPoints, count - start)
      var (dy, lddy) = (UnsafePointer(outputGradient.pointer + start), outputGradient.stride)
      for index in layers.indices.reversed() {
        let layer = layers[index]
        let x = index == 0 ? input : workspace.activations[index - 1]
        kernels.table.linear_backward_weights(
          points, layer.outputs, layer.inputs, dy, lddy, x.pointer + start, x.stride, gradient + layer.weight.offset,
          layer.bias.map { gradient + $0.offset })
        // Hidden gradients only live until the layer before has used them: two blocks take turns.
        guard let rows = index == 0 ? inputGradient : workspace.gradients[index % 2] else { break }
        let dx = index == 0 ? rows.pointer + start : rows.pointer
        kernels.table.linear_backward_input(
          points, layer.outputs, layer.inputs, parameters + layer.weight.offset, dy, lddy, dx, rows.stride,
          index == 0 ? nil : UnsafePointer(x.pointer + start), index == 0 ? 0 : x.stride)
        (dy, lddy) = (UnsafePointer(dx), rows.stride)
      }
    }
  }
}

/// Activations and gradients of an MLP for a batch of points, owned by one thread.
public struct MLPWorkspace: Sendable {
  /// Output of every linear layer, after its ReLU; with `.bfloat16` only that of the last, as the rest stays in tiles.
  fileprivate let activations: [FeatureRows]
  fileprivate let gradients: [FeatureRows]
  fileprivate let bfloat16: BFloat16MLP?

  /// The precision that evaluations with this workspace have.
  public var precision: MLPPrecision { bfloat16 == nil ? .single : .bfloat16 }

  /// (outputs) rows in single precision, whatever the precision of the products.
  public var output: FeatureRows { activations[activations.count - 1] }

  init(_ mlp: MLP, capacity: Int, bfloat16: BFloat16MLP? = nil) {
    self.bfloat16 = bfloat16
    let kept = bfloat16 == nil ? mlp.layers[...] : mlp.layers.suffix(1)
    activations = kept.map { FeatureRows(features: $0.outputs, capacity: capacity) }
    let width = mlp.layers.dropFirst().map(\.inputs).max() ?? 0
    gradients = (0..<(bfloat16 == nil ? 2 : 0)).map { _ in
      FeatureRows(features: width, capacity: min(capacity, MLP.blockPoints))
    }
  }
}

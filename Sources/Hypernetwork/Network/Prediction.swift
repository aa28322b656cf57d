import NeuralField

/// The coefficients of one video, with the activations that lead to them.
public final class Prediction: @unchecked Sendable {
  let input: FeatureRows
  private let workspaces: [MLPWorkspace]
  /// (tensors, coefficients).
  let values: AlignedBuffer
  private let size: Int

  init(_ network: Hypernetwork, embedding: [Float]) {
    precondition(
      embedding.count == network.embeddingSize, "\(embedding.count) values for an embedding of \(network.embeddingSize)"
    )
    size = network.configuration.coefficients
    input = FeatureRows(features: network.embeddingSize, capacity: 1)
    for (index, value) in embedding.enumerated() { input[index][0] = value - network.centre[index] }
    workspaces = network.predicted.map { $0.trunk.makeWorkspace(capacity: 1) }
    values = AlignedBuffer(count: network.predicted.count * size)
    let (input, workspaces, values, size) = (input, workspaces, values, size)
    network.runner.run(chunks: network.predicted.count) { _, part in
      network.predicted[part].trunk.forward(
        network.trunkParameters.pointer, input: input, workspace: workspaces[part], count: 1, kernels: network.kernels)
      for index in 0..<size {
        let value = workspaces[part].output[index][0]
        values.pointer[part * size + index] = network.configuration.form == .full ? max(0, value) : value
      }
    }
  }

  /// h of one tensor.
  func coefficients(_ part: Int) -> UnsafePointer<Float> { UnsafePointer(values.pointer + part * size) }

  /// Adds the gradient of one tensor's MLP to `gradient`, given that of its coefficients, and returns that of the
  /// embedding where it is wanted.
  func backward(
    _ part: Int, of network: Hypernetwork, coefficientGradient: UnsafePointer<Float>,
    gradient: UnsafeMutablePointer<Float>, embedding wanted: Bool
  ) -> FeatureRows? {
    let slope = FeatureRows(features: size, capacity: 1)
    let full = network.configuration.form == .full
    for index in 0..<size {
      let passes = !full || values.pointer[part * size + index] > 0
      slope[index][0] = passes ? coefficientGradient[index] : 0
    }
    let ofInput = wanted ? FeatureRows(features: network.embeddingSize, capacity: 1) : nil
    network.predicted[part].trunk.backward(
      network.trunkParameters.pointer, input: input, workspace: workspaces[part], outputGradient: slope,
      inputGradient: ofInput, count: 1, gradient: gradient, kernels: network.kernels)
    return ofInput
  }
}

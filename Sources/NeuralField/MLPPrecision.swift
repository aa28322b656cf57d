import CKernels

/// Precision of an MLP's products. Parameters, sums, outputs and gradients of parameters are 32-bit in both.
public enum MLPPrecision: String, Codable, Sendable, CaseIterable {
  /// 32-bit products.
  case single
  /// Operands rounded to bf16 (8 significant bits): about twice as fast with AVX512-BF16, more with AMX.
  case bfloat16
}

extension Kernels {
  /// Whether networks can be evaluated with `MLPPrecision.bfloat16`.
  public var hasBFloat16: Bool { mlpBFloat16 != nil }

  var mlpBFloat16: ck_mlp_bf16? { table.mlp_bf16?.pointee }
}

/// An MLP as the bf16 kernels see it, with their memory.
struct BFloat16MLP: @unchecked Sendable {
  private let layers: [ck_mlp_layer]
  private let splitInput: Bool
  private let functions: ck_mlp_bf16
  private let memory: AlignedBuffer

  init(_ mlp: MLP, capacity: Int, splitInput: Bool, functions: ck_mlp_bf16) {
    let layers = mlp.layers.map {
      ck_mlp_layer(
        inputs: $0.inputs, outputs: $0.outputs, weight: $0.weight.offset, bias: $0.bias.map(\.offset) ?? -1)
    }
    let bytes = Self.describe(layers, splitInput) { functions.workspace_size($0, capacity) }
    self.layers = layers
    self.splitInput = splitInput
    self.functions = functions
    memory = AlignedBuffer(count: (bytes + 3) / 4)
  }

  func forward(_ parameters: UnsafePointer<Float>, input: FeatureRows, output: FeatureRows, count: Int) {
    Self.describe(layers, splitInput) {
      functions.forward(
        $0, parameters, count, input.pointer, input.stride, output.pointer, output.stride, memory.pointer)
    }
  }

  func backward(
    _ parameters: UnsafePointer<Float>, outputGradient: FeatureRows, inputGradient: FeatureRows?, count: Int,
    gradient: UnsafeMutablePointer<Float>
  ) {
    Self.describe(layers, splitInput) {
      functions.backward(
        $0, parameters, count, outputGradient.pointer, outputGradient.stride, inputGradient?.pointer,
        inputGradient?.stride ?? 0, gradient, memory.pointer)
    }
  }

  private static func describe<Result>(
    _ layers: [ck_mlp_layer], _ splitInput: Bool, _ body: (UnsafePointer<ck_mlp>) -> Result
  ) -> Result {
    layers.withUnsafeBufferPointer { layers in
      var mlp = ck_mlp(layers: layers.count, layer: layers.baseAddress, split_input: splitInput ? 1 : 0)
      return body(&mlp)
    }
  }
}

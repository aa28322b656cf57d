import Foundation
import Weights

/// The weights of a RAFT network out of a file, checked: which of the two it is, every name, every shape, every value.
struct RAFTWeights: Sendable {
  let architecture: RAFTArchitecture
  private let kernels: [String: RAFTKernel]

  /// Reads a checkpoint of the original code or of torchvision.
  /// - Throws: `WeightsError` where the file is damaged or lacks a tensor; `PerceptionError.flowWeightsUnusable` where
  ///   it is another model's.
  init(contentsOf url: URL) throws {
    let file = try TensorFile(contentsOf: url).unwrapped()
    guard
      let naming = [RAFTNames.original, .torchvision].first(where: { names in
        file.tensors[names.name(RAFTNames.stem) + ".weight"] != nil
      })
    else {
      throw PerceptionError.flowWeightsUnusable(file: url.path, reason: "it holds no RAFT network")
    }
    let stem = try file.info(naming.name(RAFTNames.stem) + ".weight").shape
    let candidates = [RAFTArchitecture.small, .large]
    guard let architecture = candidates.first(where: { stem == [$0.stem, 3, 7, 7] }) else {
      throw PerceptionError.flowWeightsUnusable(
        file: url.path, reason: "its first convolution has shape \(stem), which neither RAFT-small nor RAFT-large has")
    }
    var reader = Reader(file: file, path: url.path, naming: naming)
    try reader.read(architecture)
    self.architecture = architecture
    kernels = reader.kernels
  }

  /// The weights of a layer by its original name, its batch norm included.
  /// - Precondition: the architecture has that layer.
  func kernel(_ layer: String) -> RAFTKernel {
    guard let kernel = kernels[layer] else { preconditionFailure("\(architecture.name) has no layer \(layer)") }
    return kernel
  }
}

/// Reads every layer of an architecture.
private struct Reader {
  let file: TensorFile
  let path: String
  let naming: RAFTNames
  var kernels: [String: RAFTKernel] = [:]

  init(file: TensorFile, path: String, naming: RAFTNames) {
    (self.file, self.path, self.naming) = (file, path, naming)
  }

  mutating func read(_ network: RAFTArchitecture) throws {
    try readEncoder("fnet", network, outputs: network.features, norm: .instance)
    try readEncoder("cnet", network, outputs: network.hidden + network.context, norm: network.contextNorm)
    let update = "update_block."
    var inputs = network.correlationSamples
    for (index, outputs) in network.correlationChannels.enumerated() {
      try read(update + "encoder.convc\(index + 1)", inputs, outputs, index == 0 ? (1, 1) : (3, 3))
      inputs = outputs
    }
    var flowInputs = 2
    for (index, outputs) in network.flowChannels.enumerated() {
      try read(update + "encoder.convf\(index + 1)", flowInputs, outputs, index == 0 ? (7, 7) : (3, 3))
      flowInputs = outputs
    }
    try read(update + "encoder.conv", inputs + flowInputs, network.motion - 2, (3, 3))
    for unit in network.units {
      for gate in ["z", "r", "q"] {
        let all = network.hidden + network.context + network.motion
        try read(update + "gru.conv\(gate)\(unit.suffix)", all, network.hidden, (unit.height, unit.width))
      }
    }
    try read(update + "flow_head.conv1", network.hidden, network.headChannels, (3, 3))
    try read(update + "flow_head.conv2", network.headChannels, 2, (3, 3))
    if network.upsamplesConvexly {
      try read(update + "mask.0", network.hidden, 256, (3, 3))
      try read(update + "mask.2", 256, 9 * RAFTArchitecture.stride * RAFTArchitecture.stride, (1, 1))
    }
  }

  private mutating func readEncoder(
    _ encoder: String, _ network: RAFTArchitecture, outputs: Int, norm: RAFTArchitecture.Norm
  ) throws {
    try read("\(encoder).conv1", 3, network.stem, (7, 7), norm: norm == .batch ? "\(encoder).norm1" : nil)
    var inputs = network.stem
    for (stage, channels) in network.stages.enumerated() {
      for block in 0..<2 {
        let name = "\(encoder).layer\(stage + 1).\(block)"
        for (index, layer) in network.block.layers(from: inputs, to: channels).enumerated() {
          let normName = norm == .batch ? "\(name).norm\(index + 1)" : nil
          try read("\(name).conv\(index + 1)", layer.inputs, layer.outputs, layer.kernel, norm: normName)
        }
        if stage > 0 && block == 0 {
          let normName = norm == .batch ? "\(name).downsample.1" : nil
          try read("\(name).downsample.0", inputs, channels, (1, 1), norm: normName)
        }
        inputs = channels
      }
    }
    try read("\(encoder).conv2", inputs, outputs, (1, 1))
  }

  private mutating func read(
    _ layer: String, _ inputs: Int, _ outputs: Int, _ size: (height: Int, width: Int), norm: String? = nil
  ) throws {
    let name = naming.name(layer)
    var kernel = RAFTKernel(
      inputs: inputs, outputs: outputs, height: size.height, width: size.width,
      weights: try floats(name + ".weight", [outputs, inputs, size.height, size.width]),
      bias: try floats(name + ".bias", [outputs]))
    if let norm {
      let name = naming.name(norm)
      let (mean, variance) = (
        try floats(name + ".running_mean", [outputs]), try floats(name + ".running_var", [outputs])
      )
      let (weight, bias) = (try floats(name + ".weight", [outputs]), try floats(name + ".bias", [outputs]))
      if let negative = variance.first(where: { $0 < 0 }) {
        throw PerceptionError.flowWeightsUnusable(file: path, reason: "\(name).running_var holds \(negative)")
      }
      let scale = zip(weight, variance).map { $0 / ($1 + 1e-5).squareRoot() }
      let offset = (0..<outputs).map { bias[$0] - mean[$0] * scale[$0] }
      kernel = kernel.followed(byScale: scale, offset: offset)
    }
    kernels[layer] = kernel
  }

  private func floats(_ name: String, _ shape: [Int]) throws -> [Float] {
    let values = try file.floats(name, shape: shape)
    if let bad = values.first(where: { !$0.isFinite }) {
      throw PerceptionError.flowWeightsUnusable(file: path, reason: "\(name) holds \(bad)")
    }
    return values
  }
}

extension RAFTArchitecture.Block {
  /// The convolutions of a block; its stride belongs to the first 3x3 one.
  func layers(from inputs: Int, to outputs: Int) -> [(inputs: Int, outputs: Int, kernel: (height: Int, width: Int))] {
    switch self {
    case .residual: [(inputs, outputs, (3, 3)), (outputs, outputs, (3, 3))]
    case .bottleneck:
      [(inputs, outputs / 4, (1, 1)), (outputs / 4, outputs / 4, (3, 3)), (outputs / 4, outputs, (1, 1))]
    }
  }
}

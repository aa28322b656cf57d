import Foundation
import NeuralField

/// A value that no configuration has.
public struct ConfigurationFault: Error, Equatable, Sendable {
  /// Where it is, under the names of files: `training.sampling.flow_every`.
  public let key: String
  /// What it must be, and what it is.
  public let reason: String
}

extension DecompositionConfiguration {
  /// The first value out of its range, wherever it came from: the command line, a file, another program. Nil where a
  /// training can begin.
  public var fault: ConfigurationFault? { model.fault ?? training.fault }
}

extension ModelConfiguration {
  /// The first value that no model has; nil where there can be such a model.
  public var fault: ConfigurationFault? {
    firstFault { () throws(ConfigurationFault) in
      try require(mappingWidth, in: 1...4096, "model.mapping_width")
      try require(fieldWidth, in: 1...4096, "model.field_width")
      try require(hiddenLayers, in: 1...16, "model.n_hidden_layers")
      guard [1, 3].contains(residualChannels) else {
        throw ConfigurationFault(key: "model.residual_channels", reason: "it must be 1 or 3")
      }
      try require(foregroundScale, in: 0.01...0.99, "model.foreground_uv_scale")
      try require(backgroundScale, in: 0.01...0.99, "model.background_uv_scale")
      try require(linearReading, in: 0...16, "model.linear_reading")
      for (name, grid) in [("texture", textureGrid), ("residual", residualGrid), ("alpha", alphaGrid)] {
        try grid.check("model.\(name)_grid.")
      }
    }
  }
}

extension HashGridConfiguration {
  fileprivate func check(_ prefix: String) throws(ConfigurationFault) {
    try require(levels, in: 1...32, prefix + "n_levels")
    try require(baseResolution, in: 1...1024, prefix + "base_resolution")
    try require(growth, in: 1...4, prefix + "per_level_scale")
    try require(log2TableSize, in: 4...24, prefix + "log2_hashmap_size")
    // In floating point: no integer holds what this is to refuse.
    let finest = Double(baseResolution) * pow(growth, Double(levels - 1))
    try require(finest, in: 1...1_000_000, prefix + "(cells of the finest level)")
  }
}

extension TrainingConfiguration {
  /// The first value that no training has; nil where there can be such a training.
  public var fault: ConfigurationFault? {
    firstFault { () throws(ConfigurationFault) in
      try require(sampling.batchPoints, in: 1...10_000_000, "training.sampling.batch_points")
      try require(sampling.groupSize, in: 3...10_000, "training.sampling.group_size")
      try require(sampling.uniformShare, in: 0.01...1, "training.sampling.uniform_share")
      try require(sampling.flowEvery, in: 1...10_000_000, "training.sampling.flow_every")
      try require(sampling.globalRigidityEvery, in: 1...10_000_000, "training.sampling.global_rigidity_every")
      try require(sampling.globalRigidityStep, in: 0.1...10_000, "training.sampling.global_rigidity_step")
      try require(sampling.patchEvery, in: 1...10_000_000, "training.sampling.patch_every")
      try require(sampling.patchBorder, in: 0...0.5, "training.sampling.patch_border")
      try require(sampling.foregroundMargin, in: 0...1, "training.sampling.foreground_margin")
      try require(sampling.farForegroundEvery, in: 1...10_000_000, "training.sampling.far_foreground_every")
      try require(sampling.maskBorder, in: 0...1000, "training.sampling.mask_border")
      try require(gridRate, in: 0...10, "training.grid_learning_rate")
      try require(networkRate, in: 0...10, "training.network_learning_rate")
      try require(adam.beta1, in: 0...0.999_999, "training.adam.beta1")
      try require(adam.beta2, in: 0...0.999_999, "training.adam.beta2")
      try require(adam.epsilon, in: 1e-20...1, "training.adam.epsilon")
      try require(coarseLightLevels, in: 0...32, "training.coarse_light_levels")
      try require(warmupIterations, in: 0...1_000_000, "training.warmup_iterations")
      try require(flowWarmupIterations, in: 0...1_000_000, "training.flow_warmup_iterations")
      for (name, schedule) in [("schedule", schedule), ("bare_schedule", bareSchedule)] where !schedule.isPlausible {
        throw ConfigurationFault(key: "training.\(name)", reason: "from and floor must be from 0 to 1")
      }
      try weights.check()
    }
  }
}

extension LossWeights {
  fileprivate func check() throws(ConfigurationFault) {
    let encoded = try? JSONEncoder().encode(self)
    guard let values = encoded.flatMap({ try? JSONDecoder().decode([String: Double].self, from: $0) }) else {
      throw ConfigurationFault(key: "training.weights", reason: "they must be finite numbers")
    }
    for (name, weight) in values.sorted(by: { $0.key < $1.key }) {
      try require(weight, in: 0...1_000_000, "training.weights.\(name)")
    }
  }
}

private func firstFault(_ checks: () throws(ConfigurationFault) -> Void) -> ConfigurationFault? {
  do { try checks() } catch { return error }
  return nil
}

private func require<Value: Comparable>(
  _ value: Value, in range: ClosedRange<Value>, _ key: String
) throws(ConfigurationFault) {
  guard range.contains(value) else {
    throw ConfigurationFault(
      key: key, reason: "it must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
  }
}

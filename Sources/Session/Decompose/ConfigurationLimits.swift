import Decomposition
import NeuralField

/// The values that a configuration may have, wherever it came from: the command line, a file, another program.
enum ConfigurationLimits {
  /// - Throws: `SessionError.badSetting` with the first value out of its range.
  static func check(_ configuration: DecompositionConfiguration) throws {
    try check(configuration.model)
    try check(configuration.training)
  }

  private static func check(_ model: ModelConfiguration) throws {
    try require(model.mappingWidth, in: 1...4096, "model.mapping_width")
    try require(model.fieldWidth, in: 1...4096, "model.field_width")
    try require(model.hiddenLayers, in: 1...16, "model.n_hidden_layers")
    guard [1, 3].contains(model.residualChannels) else {
      throw SessionError.badSetting(key: "model.residual_channels", reason: "it must be 1 or 3")
    }
    try require(model.foregroundScale, in: 0.01...0.99, "model.foreground_uv_scale")
    try require(model.backgroundScale, in: 0.01...0.99, "model.background_uv_scale")
    try require(model.linearReading, in: 0...16, "model.linear_reading")
    let grids = [("texture", model.textureGrid), ("residual", model.residualGrid), ("alpha", model.alphaGrid)]
    for (name, grid) in grids { try check(grid, "model.\(name)_grid.") }
  }

  private static func check(_ grid: HashGridConfiguration, _ prefix: String) throws {
    try require(grid.levels, in: 1...32, prefix + "n_levels")
    try require(grid.baseResolution, in: 1...1024, prefix + "base_resolution")
    try require(grid.growth, in: 1...4, prefix + "per_level_scale")
    try require(grid.log2TableSize, in: 4...24, prefix + "log2_hashmap_size")
    var finest = Double(grid.baseResolution)
    for _ in 1..<grid.levels { finest *= grid.growth }
    try require(finest, in: 1...1_000_000, prefix + "(cells of the finest level)")
  }

  private static func check(_ training: TrainingConfiguration) throws {
    let sampling = training.sampling
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
    try require(training.gridRate, in: 0...10, "training.grid_learning_rate")
    try require(training.networkRate, in: 0...10, "training.network_learning_rate")
    try require(training.adam.beta1, in: 0...0.999_999, "training.adam.beta1")
    try require(training.adam.beta2, in: 0...0.999_999, "training.adam.beta2")
    try require(training.adam.epsilon, in: 1e-20...1, "training.adam.epsilon")
    try require(training.coarseLightLevels, in: 0...32, "training.coarse_light_levels")
    try require(training.warmupIterations, in: 0...1_000_000, "training.warmup_iterations")
    try require(training.flowWarmupIterations, in: 0...1_000_000, "training.flow_warmup_iterations")
    for (name, weight) in try JSONValue(encoding: training.weights).numbers {
      try require(weight, in: 0...1_000_000, "training.weights.\(name)")
    }
  }

  private static func require<Value: Comparable>(_ value: Value, in range: ClosedRange<Value>, _ key: String) throws {
    guard range.contains(value) else {
      throw SessionError.badSetting(
        key: key, reason: "it must be from \(range.lowerBound) to \(range.upperBound), not \(value)")
    }
  }
}

extension JSONValue {
  /// The numeric fields of an object.
  fileprivate var numbers: [(String, Double)] {
    guard case .object(let fields) = self else { return [] }
    return fields.sorted { $0.key < $1.key }.compactMap { key, value in
      if case .number(let number) = value { (key, number) } else { nil }
    }
  }
}

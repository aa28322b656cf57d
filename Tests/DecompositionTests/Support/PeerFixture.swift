import Foundation
import Media
import NeuralField
import Testing
import Weights

@testable import Decomposition

/// A case that the PyTorch peer computed in double precision (Benchmarks/peer/make_fixtures.py): parameters, one batch,
/// forward values, losses, gradients, and the losses of ten Adam steps.
struct PeerFixture {
  let file: TensorFile
  let model: NVDModel
  let samples: ChunkSamples
  let capacity: ChunkCapacity
  let training: TrainingConfiguration
  let name: String

  private struct Settings: Decodable {
    struct Grid: Decodable {
      let levels: Int
      let base: Int
      let growth: Double
      let log2Entries: Int

      enum CodingKeys: String, CodingKey {
        case levels, base, growth
        case log2Entries = "log2_entries"
      }

      var configuration: HashGridConfiguration {
        HashGridConfiguration(levels: levels, baseResolution: base, growth: growth, log2TableSize: log2Entries)
      }
    }

    let width: Int
    let height: Int
    let frames: Int
    let layers: [String]
    let scales: [Float]
    let skip: Bool
    let bias: Bool
    let mappingWidth: Int
    let fieldWidth: Int
    let textureGrid: Grid
    let residualGrid: Grid
    let alphaGrid: Grid
    let weights: [String: Float]

    enum CodingKeys: String, CodingKey {
      case width, height, frames, layers, skip, bias, weights
      case scales = "uv_scales"
      case mappingWidth = "mapping_hidden"
      case fieldWidth = "hidden"
      case textureGrid = "texture_grid"
      case residualGrid = "residual_grid"
      case alphaGrid = "alpha_grid"
    }
  }

  private struct AdamSettings: Decodable {
    let grids: Float
    let networks: Float
    let beta1: Float
    let beta2: Float
    let epsilon: Float
  }

  init(_ name: String) throws {
    let url = try #require(
      Bundle.module.url(forResource: name, withExtension: "safetensors", subdirectory: "Fixtures"))
    let file = try TensorFile(contentsOf: url)
    self.file = file
    self.name = name
    let settings = try JSONDecoder().decode(Settings.self, from: Data(#require(file.metadata["config"]).utf8))
    let adam = try JSONDecoder().decode(AdamSettings.self, from: Data(#require(file.metadata["adam"]).utf8))
    let motion = try settings.layers.map { layer -> [Homography] in
      guard settings.skip else { return [Homography](repeating: .identity, count: settings.frames) }
      let values = try file.floats("homography.\(layer)").map { Double($0) }
      return (0..<settings.frames).map { Homography(Array(values[9 * $0..<9 * $0 + 9])) }
    }
    let model = try NVDModel(
      configuration: ModelConfiguration(
        mappingBase: settings.skip ? .motion : .none, mappingWidth: settings.mappingWidth,
        fieldWidth: settings.fieldWidth, hiddenLayers: 3, biases: settings.bias, linearReading: 0,
        textureGrid: settings.textureGrid.configuration, residualGrid: settings.residualGrid.configuration,
        alphaGrid: settings.alphaGrid.configuration, residualChannels: 3, foregroundScale: settings.scales[0],
        backgroundScale: settings.scales[settings.scales.count - 1]),
      geometry: VideoGeometry(
        size: PixelSize(width: settings.width, height: settings.height), frameCount: settings.frames),
      layerNames: settings.layers, motion: motion)
    for tensor in model.layout.tensors {
      let values = try file.floats(tensor.name, shape: tensor.shape)
      for (index, value) in zip(tensor.range, values) { model.parameters[index] = value }
    }
    self.model = model
    var training = TrainingConfiguration.paper
    training.weights = try Self.weights(settings.weights)
    training.adam = AdamConfiguration(beta1: adam.beta1, beta2: adam.beta2, epsilon: adam.epsilon)
    training.gridRate = adam.grids
    training.networkRate = adam.networks
    self.training = training
    (samples, capacity) = try Self.batch(file, foregrounds: settings.layers.count - 1)
  }

  /// The peer's weights by name; losses that it does not have are off.
  private static func weights(_ values: [String: Float]) throws -> LossWeights {
    var all = try JSONDecoder().decode([String: Float].self, from: JSONEncoder().encode(LossWeights()))
    for name in all.keys { all[name] = values[name] ?? 0 }
    return try JSONDecoder().decode(LossWeights.self, from: JSONEncoder().encode(all))
  }

  private static func batch(
    _ file: TensorFile, foregrounds: Int
  ) throws -> (samples: ChunkSamples, capacity: ChunkCapacity) {
    func integers(_ name: String) throws -> [Int] {
      try file.tensors[name] == nil ? [] : file.floats(name).map { Int($0) }
    }
    let points = try file.floats("batch.points")
    let count = points.count / 3
    let flowIndex = try integers("batch.flow_index")
    let flowPoints = try file.floats("batch.flow_points")
    let globalIndex = try integers("batch.global_index")
    let times = try integers("batch.smooth_times")
    let capacity = ChunkCapacity(
      colour: count, matches: flowIndex.count, globalRigidity: globalIndex.count, patches: times.count / 2)
    let samples = ChunkSamples(capacity: capacity, foregrounds: foregrounds)
    samples.colourCount = count
    let (rgb, masks) = (try file.floats("batch.rgb"), try file.floats("batch.masks"))
    let colour = Set(try integers("batch.colour"))
    for p in 0..<count {
      samples.set(p, x: points[3 * p], y: points[3 * p + 1], frame: Int(points[3 * p + 2]))
      samples.weight[p] = colour.contains(p) ? 1 : 0
      for channel in 0..<3 { samples.target[channel][p] = rgb[3 * p + channel] }
      for object in 0..<foregrounds { samples.mask[object][p] = masks[foregrounds * p + object] }
    }
    let stencils = try integers("batch.stencils")
    for s in stride(from: 0, to: stencils.count, by: 3) {
      samples.stencils.append((stencils[s], stencils[s + 1], stencils[s + 2]))
    }
    for (i, point) in flowIndex.enumerated() {
      samples.set(
        count + i, x: flowPoints[3 * i], y: flowPoints[3 * i + 1], frame: Int(flowPoints[3 * i + 2]))
      samples.matches.append(ChunkSamples.Match(point: point))
    }
    for (i, point) in globalIndex.enumerated() {
      let neighbour = samples.rigidityStart + 2 * i
      let frame = Int(samples.frame[point])
      samples.set(neighbour, x: samples.x[point] - 100, y: samples.y[point], frame: frame)
      samples.set(neighbour + 1, x: samples.x[point], y: samples.y[point] - 100, frame: frame)
      samples.globalRigidity.append(point)
    }
    let patchPoints = try file.floats("batch.smooth_points")
    for i in stride(from: 0, to: patchPoints.count, by: 2) {
      samples.patchX.append(patchPoints[i])
      samples.patchY.append(patchPoints[i + 1])
    }
    for i in stride(from: 0, to: times.count, by: 2) {
      samples.patches.append((Int32(times[i]), Int32(times[i + 1])))
    }
    samples.chooseLayerPoints(isActive: { _, _ in true }, hasPatch: { _, _ in true })
    return (samples, capacity)
  }

  /// Losses and gradients of the batch with the present parameters.
  func evaluate(
    weights: LossWeights, workspace: FieldWorkspace, kernels: Kernels = .active
  ) -> (terms: LossTerms, gradient: AlignedBuffer) {
    var training = training
    training.weights = weights
    var normalisers = LossNormalisers()
    normalisers.add(samples)
    let gradient = AlignedBuffer(count: model.layout.count)
    var grids = GridGradients(model, capacity: capacity)
    let terms = ChunkGradient(model: model, kernels: kernels).evaluate(
      samples, workspace: workspace, configuration: training,
      phases: LossPhases(bootstrapping: true, rigidity: true, globalRigidity: true), normalisers: normalisers,
      gradient: gradient.pointer, grids: &grids)
    grids.add(to: gradient, of: model)
    return (terms, gradient)
  }

  /// One training step on the batch; returns the losses before it.
  func step(
    workspace: FieldWorkspace, grids: inout GridGradients, networks: PartialGradient, update: ModelUpdate
  ) -> LossTerms {
    var normalisers = LossNormalisers()
    normalisers.add(samples)
    let terms = ChunkGradient(model: model, kernels: .active).evaluate(
      samples, workspace: workspace, configuration: training,
      phases: LossPhases(bootstrapping: true, rigidity: true, globalRigidity: true), normalisers: normalisers,
      gradient: networks.base, grids: &grids)
    update.apply(
      chunks: [grids], networkGradients: [networks], gridRate: training.gridRate, networkRate: training.networkRate)
    return terms
  }
}

extension GridGradients {
  /// Adds the gradient of all tables to a buffer with the model's layout.
  func add(to gradient: AlignedBuffer, of model: NVDModel) {
    for (grid, record) in zip(Self.grids(of: model), records) {
      for level in 0..<grid.configuration.levels {
        grid.scatter(
          level: level, input: record.input, outputGradient: record.features, count: record.count,
          gradient: gradient.pointer + grid.range(level: level).lowerBound, kernels: .active)
      }
    }
  }
}

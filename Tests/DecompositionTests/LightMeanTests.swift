import NeuralField
import Testing

@testable import Decomposition

@Suite struct LightMeanTests {
  private static let count = 20_000

  private func mean(levels: Int = 2) throws -> LightMean {
    let clip = try makeClip().clip
    let configuration = DecompositionConfiguration.tiny(.fast)
    let model = try NVDModel(
      configuration: configuration.model, geometry: clip.geometry, layerNames: clip.layerNames, motion: clip.motion)
    return try #require(LightMean(model, levels: levels))
  }

  /// What a batch sees that looks at the whole of the second layer's texture.
  private func sums(
    _ mean: LightMean, opacity: Float = 1, seed: UInt64 = 1, light: (_ u: Float, _ v: Float, _ channel: Int) -> Float
  ) -> LightSums {
    let uv = FeatureRows(features: 2, capacity: Self.count)
    let values = FeatureRows(features: 3, capacity: Self.count)
    var random = RandomSource(seed: seed)
    for point in 0..<Self.count {
      for axis in 0..<2 { uv[axis][point] = random.symmetric(1) }
      for channel in 0..<3 { values[channel][point] = light(uv[0][point], uv[1][point], channel) }
    }
    let sums = LightSums(mean.lattice)
    sums.add(
      layer: 1, uv: uv, light: values, opacity: [Float](repeating: opacity, count: Self.count),
      weight: [Float](repeating: 2, count: Self.count), isActive: [Bool](repeating: true, count: Self.count))
    return sums
  }

  /// At places all over a layer's texture, (u, v, M of the channels).
  private func read(_ mean: LightMean, layer: Int = 1) -> [(u: Float, v: Float, mean: [Float])] {
    let count = 400
    let (uv, output) = (FeatureRows(features: 2, capacity: count), FeatureRows(features: 3, capacity: count))
    var random = RandomSource(seed: 7)
    for point in 0..<count {
      for axis in 0..<2 { uv[axis][point] = point < 4 ? Float((point >> axis & 1) * 2 - 1) : random.symmetric(1) }
    }
    mean.read(layer: layer, uv: uv, count: count, into: output)
    return (0..<count).map { point in (uv[0][point], uv[1][point], (0..<3).map { output[$0][point] }) }
  }

  @Test func whereNothingWasSeenItIsOne() throws {
    let mean = try mean()
    #expect(read(mean).allSatisfy { $0.mean == [1, 1, 1] })
    for _ in 0..<5 { mean.learn(from: [sums(mean) { _, _, _ in 3 }]) }
    #expect(read(mean, layer: 0).allSatisfy { $0.mean == [1, 1, 1] }, "seen in the other layer")
    #expect(read(mean).allSatisfy { $0.mean.allSatisfy { abs($0 - 3) < 0.2 } })
  }

  /// Light that is linear over the texture is read back; borders are drawn inwards by what a node sees around it.
  @Test func itFollowsTheTexture() throws {
    let mean = try mean()
    func light(_ u: Float, _ v: Float, _ channel: Int) -> Float { 1 + Float(channel) * (0.2 * u - 0.1 * v) }
    for seed in 0..<20 { mean.learn(from: [sums(mean, seed: UInt64(seed), light: light)]) }
    for (u, v, mean) in read(mean) {
      for channel in 0..<3 {
        #expect(abs(mean[channel] - light(u, v, channel)) < (max(abs(u), abs(v)) > 0.9 ? 0.05 : 0.02), "\(u), \(v)")
      }
    }
  }

  /// Two kinds of frames, one of them three times as often: every part and every batch counts.
  @Test func itIsTheMeanOfWhatBatchesShow() throws {
    let mean = try mean()
    for seed in 0..<40 {
      mean.learn(from: [
        sums(mean, seed: UInt64(seed)) { _, _, _ in seed.isMultiple(of: 2) ? 2 : 1 },
        sums(mean, seed: UInt64(100 + seed)) { _, _, _ in 1 },
        sums(mean, opacity: 0) { _, _, _ in 50 },
      ])
    }
    #expect(read(mean).allSatisfy { $0.mean.allSatisfy { abs($0 - 1.25) < 0.02 } })
  }

  @Test func oldLightIsForgotten() throws {
    let mean = try mean()
    for _ in 0..<60 { mean.learn(from: [sums(mean) { _, _, _ in 2 }]) }
    for _ in 0..<60 { mean.learn(from: [sums(mean) { _, _, _ in 0.5 }]) }
    #expect(read(mean).allSatisfy { $0.mean.allSatisfy { abs($0 - 0.5) < 0.1 } })
  }

  @Test func whatIsNoPlaceHarmsNothing() throws {
    let mean = try mean()
    for value in [Float.nan, .infinity, -.infinity, 1.5, -7] {
      let (node, right, down) = mean.lattice.place(value, value)
      #expect((0..<mean.lattice.nodes - mean.lattice.cells - 2).contains(node) && right >= 0 && down >= 0)
    }
  }

  @Test func aLatticeHasALimit() throws {
    var configuration = DecompositionConfiguration.tiny(.fast).model
    configuration.residualGrid = HashGridConfiguration(levels: 6, baseResolution: 100, growth: 4, log2TableSize: 4)
    let model = try NVDModel.unfitted(configuration, layerNames: ["object", "background"])
    #expect(LightMean(model, levels: 99)?.lattice.cells == 256)
    #expect(LightMean(model, levels: 0) == nil)
  }

  /// Light that begins as 1.5, and would be as right with textures that are as much too dark, comes to 1 in the mean over
  /// time.
  @Test func trainingLeavesTheMeanLightAtOne() throws {
    let clip = try makeClip().clip
    let trainer = try Trainer(clip: clip, configuration: .tiny(.fast), seed: 1, threads: 2)
    trainer.prepare()
    for layer in trainer.model.layers {
      let bias = try #require(layer.residual.layers.last?.bias)
      // softplus(z) = 1.5.
      for index in bias.range { trainer.model.parameters[index] = 1.2475 }
    }
    func meanLight() throws -> Float {
      let mean = try #require(trainer.lightMean)
      let stride = 1 + mean.lattice.channels
      var (weight, light): (Float, Float) = (0, 0)
      for node in 0..<mean.sums.count / stride {
        weight += mean.sums[node * stride]
        light += mean.sums[node * stride + 1]
      }
      return light / weight
    }
    try trainer.step(progress: 0)
    #expect(try meanLight() > 1.4)
    for _ in 0..<800 { try trainer.step(progress: 0) }
    #expect(try abs(meanLight() - 1) < 0.03)
  }
}

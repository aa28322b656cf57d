import Media
import NeuralField
import Testing

@testable import Decomposition

@Suite struct SoftEdgesTests {
  private let size = PixelSize(width: 7, height: 5)

  private func mask(where inside: (Int, Int) -> Bool) -> Mask {
    Mask(size: size, values: (0..<35).map { inside($0 % 7, $0 / 7) ? 255 : 0 })
  }

  @Test func aStraightEdgeIsAQuarterAndThreeQuarters() {
    let soft = SoftEdges.of(mask { x, _ in x >= 3 })
    for y in 0..<5 { #expect(soft[7 * y..<7 * (y + 1)] == [0, 0, 64, 191, 255, 255, 255]) }
  }

  /// A lonely pixel, and a hole of one, stay on their side.
  @Test func everyPixelStaysOnItsSide() {
    let dot = SoftEdges.of(mask { x, y in x == 3 && y == 2 })
    #expect(dot[2 * 7 + 3] == 191 && dot[2 * 7 + 2] == 32 && dot[1 * 7 + 2] == 16 && dot[0] == 0)
    let hole = SoftEdges.of(mask { x, y in !(x == 3 && y == 2) })
    #expect(hole[2 * 7 + 3] == 64 && hole[2 * 7 + 4] == 223 && hole[0] == 255)
    var random = RandomSource(seed: 4)
    let noise = mask { _, _ in random.symmetric(1) > 0 }
    let soft = SoftEdges.of(noise)
    for pixel in 0..<35 { #expect((soft[pixel] > Mask.threshold) == (noise.values[pixel] > Mask.threshold)) }
  }

  @Test func emptyAndFullMasksStayWhatTheyAre() {
    #expect(SoftEdges.of(mask { _, _ in false }).allSatisfy { $0 == 0 })
    #expect(SoftEdges.of(mask { _, _ in true }).allSatisfy { $0 == 255 })
    let one = Mask(size: PixelSize(width: 1, height: 1), values: [255])
    #expect(SoftEdges.of(one) == [255])
  }

  /// The sampler hands them to the losses where it is told to, and the masks as they are where not.
  @Test(arguments: [true, false]) func theSamplerUsesThem(soft: Bool) throws {
    let clip = try makeClip().clip
    var configuration = DecompositionConfiguration.tiny(.fast).training.sampling
    configuration.softMaskEdges = soft
    let groups = configuration.groups
    let samples = ChunkSamples(capacity: ChunkCapacity(configuration, groups: groups), foregrounds: 1)
    Sampler(clip: clip, configuration: configuration, seed: 2).draw(
      samples, groups: groups, iteration: 0, chunk: 0, globalRigidity: true, patches: true)
    let between = (0..<samples.colourCount).contains { (0.01..<0.99).contains(samples.mask[0][$0]) }
    #expect(between == soft)
  }

  /// Gradients by alpha of the losses that look at masks, at one point for each (alpha, value of the mask).
  private func slopes(_ points: [(alpha: Float, mask: Float)], soft: Bool) throws -> (
    mask: [Float], one: [Float], copies: [Float]
  ) {
    let clip = try makeClip().clip
    let configuration = DecompositionConfiguration.tiny(.fast)
    let model = try NVDModel(
      configuration: configuration.model, geometry: clip.geometry, layerNames: clip.layerNames, motion: clip.motion)
    let capacity = ChunkCapacity(configuration.training.sampling, groups: configuration.training.sampling.groups)
    let samples = ChunkSamples(capacity: capacity, foregrounds: 1)
    samples.colourCount = points.count
    samples.hasSoftEdges = soft
    samples.chooseLayerPoints(isActive: { _, _ in true }, hasPatch: { _, _ in false })
    var normalisers = LossNormalisers()
    normalisers.add(samples)
    var weights = LossWeights()
    (weights.bootstrapping, weights.alphaRegularisation) = (Float(points.count), Float(points.count))
    weights.sparsity = Float(points.count)
    func slopes(_ loss: (ChunkLoss) -> Double) -> [Float] {
      let workspace = FieldWorkspace(model, capacity: capacity)
      for (m, point) in points.enumerated() {
        samples.mask[0][m] = point.mask
        (workspace.alpha[0][m], workspace.alpha[1][m]) = (point.alpha, 1 - point.alpha)
        for channel in 0..<3 { workspace.texture[0][channel][m] = 1 }
      }
      _ = loss(
        ChunkLoss(
          model: model, samples: samples, workspace: workspace, weights: weights, normalisers: normalisers,
          phases: LossPhases(bootstrapping: true, rigidity: true, globalRigidity: true), layers: 0..<2))
      return points.indices.map { workspace.alphaGradient[0][$0] + workspace.alphaGradient[1][$0] }
    }
    return (slopes { $0.bootstrapping() }, slopes { $0.alphaRegularisation() }, slopes { $0.sparsity() })
  }

  /// The slope of the cross-entropy, (a - y) / (a (1 - a)): a tenth of it where a mask is between, and all of it where alpha
  /// comes close to the wrong side of one half.
  @Test func atSoftEdgesColoursDecide() throws {
    func slope(_ a: Float, _ y: Float) -> Float { (a - y) / (a * (1 - a)) }
    let points: [(alpha: Float, mask: Float)] = [
      (0.3, 0), (0.3, 1), (0.1, 0.25), (0.3, 0.25), (0.45, 0.25), (0.9, 0.75), (0.7, 0.75), (0.55, 0.75),
    ]
    let hard = try slopes(points, soft: false)
    for (index, point) in points.enumerated() {
      #expect(abs(hard.mask[index] - slope(point.alpha, point.mask)) < 1e-4)
      #expect(abs(hard.one[index]) > 1 && abs(hard.copies[index] + 6 * (1 - point.alpha)) < 1e-4)
    }
    let soft = try slopes(points, soft: true)
    for index in 0..<2 {
      #expect(soft.mask[index] == hard.mask[index] && soft.one[index] == hard.one[index])
      #expect(soft.copies[index] == hard.copies[index])
    }
    let bounds: [Float?] = [nil, nil, 0.35, nil, nil, 0.65]
    for (index, bound) in bounds.enumerated() {
      let (a, y) = points[index + 2]
      let expected = 0.1 * slope(a, y) + (bound.map { slope(a, $0) } ?? 0)
      #expect(abs(soft.mask[index + 2] - expected) < 1e-4, "alpha \(a), mask \(y)")
      #expect(soft.one[index + 2] == 0 && soft.copies[index + 2] == 0)
    }
  }
}

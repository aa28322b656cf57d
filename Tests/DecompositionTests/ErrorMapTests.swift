import Foundation
import Media
import NeuralField
import Testing

@testable import Decomposition

@Suite struct ErrorMapTests {
  /// 3 x 2 blocks a frame, those at the right 8 pixels wide and those below 4 high.
  private static let geometry = VideoGeometry(size: PixelSize(width: 40, height: 20), frameCount: 3)

  /// A batch that looks at every 23rd pixel, or at fewer, with an error for each.
  private func batch(every step: Int = 23, _ error: (_ x: Int, _ y: Int, _ frame: Int) -> Float) -> [ChunkSamples] {
    let size = Self.geometry.size
    let count = size.pixelCount * Self.geometry.frameCount / step
    let samples = ChunkSamples(
      capacity: ChunkCapacity(colour: count, matches: 0, globalRigidity: 0, patches: 0), foregrounds: 1)
    samples.colourCount = count
    for point in 0..<count {
      let pixel = point * step
      let (x, y) = (pixel % size.width, pixel / size.width % size.height)
      let frame = pixel / size.pixelCount
      samples.set(point, x: Float(x), y: Float(y), frame: frame)
      samples.squaredError[point] = error(x, y, frame)
    }
    return [samples]
  }

  private func learned(_ error: (_ x: Int, _ y: Int, _ frame: Int) -> Float) -> ErrorMap {
    let map = ErrorMap(geometry: Self.geometry, uniformShare: 0.2)
    let batch = batch(error)
    for iteration in 0..<10 { map.learn(from: batch, iteration: iteration) }
    return map
  }

  /// How often pixels are drawn, in units of the uniform density, and what they count in the mean.
  private func densities(
    _ map: ErrorMap, of groups: [(Int, Int, Int) -> Bool]
  ) -> (density: [Double], meanWeight: Double) {
    let size = Self.geometry.size
    let pixels = size.pixelCount * Self.geometry.frameCount
    var counts = [Double](repeating: 0, count: groups.count)
    var weight = 0.0
    var random = RandomSource(seed: 3)
    let draws = 200_000
    for _ in 0..<draws {
      let point = map.draw(&random)
      #expect((0..<size.width).contains(point.x) && (0..<size.height).contains(point.y))
      #expect((0..<Self.geometry.frameCount).contains(point.frame))
      weight += Double(point.weight)
      for (index, group) in groups.enumerated() where group(point.x, point.y, point.frame) { counts[index] += 1 }
    }
    let areas = groups.map { group in
      (0..<pixels).count { group($0 % size.width, $0 / size.width % size.height, $0 / size.pixelCount) }
    }
    return (zip(counts, areas).map { $0 / Double(draws) * Double(pixels) / Double($1) }, weight / Double(draws))
  }

  @Test func atFirstAllPixelsAreAlike() {
    let map = ErrorMap(geometry: Self.geometry, uniformShare: 0.2)
    let (density, weight) = densities(
      map, of: [{ x, _, _ in x >= 32 }, { _, y, _ in y >= 16 }, { x, y, frame in x < 16 && y < 16 && frame == 1 }])
    for value in density { #expect(abs(value - 1) < 0.03) }
    #expect(weight == 1)
  }

  /// One block of 18 has nine times the error of the others.
  @Test func largeErrorsAreDrawnMoreOften() {
    func isWrong(x: Int, y: Int, frame: Int) -> Bool { x >= 16 && x < 32 && y < 16 && frame == 2 }
    let map = learned { x, y, frame in isWrong(x: x, y: y, frame: frame) ? 0.09 : 0.01 }
    let (density, weight) = densities(map, of: [isWrong, { !isWrong(x: $0, y: $1, frame: $2) }])
    let share = 256.0 / 2400
    let mean = share * 0.09 + (1 - share) * 0.01
    // Ten batches have seen each pixel .43 times.
    let uniform = 0.2 + 0.8 * (1040.0 / 2400) / 8
    let expected = [uniform + (1 - uniform) * 0.09 / mean, uniform + (1 - uniform) * 0.01 / mean]
    // The block is counted as if it had been looked at once more and found as wrong as the others.
    #expect(abs(density[0] - expected[0]) < 0.05 * expected[0], "\(density), \(expected)")
    #expect(abs(density[1] - expected[1]) < 0.05 * expected[1], "\(density), \(expected)")
    #expect(abs(weight - 1) < 0.01)
    // Twice as many draws count half as much as would make up for it.
    var random = RandomSource(seed: 1)
    var weights: [Bool: Float] = [:]
    for _ in 0..<2000 {
      let point = map.draw(&random)
      weights[isWrong(x: point.x, y: point.y, frame: point.frame)] = point.weight
    }
    let ratio = Double(weights[true]! / weights[false]!)
    #expect(abs(ratio - (expected[1] / expected[0]).squareRoot()) < 0.02)
  }

  @Test func whatIsPerfectIsStillLookedAt() {
    let map = learned { x, _, _ in x < 16 ? 0.5 : 0 }
    let (density, _) = densities(map, of: [{ x, _, _ in x >= 16 }])
    #expect(density[0] > 0.24 && density[0] < 0.29)
    let perfect = learned { _, _, _ in 0 }
    #expect(perfect.density.values.allSatisfy { abs($0 - 1) < 1e-5 })
  }

  /// What is wrong when every pixel has been seen often is not learned by looking at it.
  @Test func atLastAllPixelsAreAlikeAgain() {
    let map = ErrorMap(geometry: Self.geometry, uniformShare: 0.2)
    let batch = batch { x, _, _ in x < 16 ? 0.5 : 0.01 }
    var densities: [Float] = []
    for iteration in 0..<200 {
      map.learn(from: batch, iteration: iteration)
      if [9, 99, 199].contains(iteration) { densities.append(map.density[0]) }
    }
    #expect(densities[0] > densities[1] + 0.3 && densities[1] > 1.3 && abs(densities[2] - 1) < 1e-6)
  }

  @Test func oldErrorsFade() {
    let map = learned { x, _, _ in x < 16 ? 0.5 : 0.01 }
    let before = map.density[0]
    let batch = batch(every: 97) { _, _, _ in 0.01 }
    for iteration in 10..<410 { map.learn(from: batch, iteration: iteration) }
    #expect(before > 1.5 && map.density[0] < 1.1)
  }

  /// A clip of so many frames that blocks of 16 pixels would be too many, with a side that is no multiple of a block's.
  @Test func longClipsHaveLargerBlocks() {
    let geometry = VideoGeometry(size: PixelSize(width: 1930, height: 1090), frameCount: 200)
    let map = ErrorMap(geometry: geometry, uniformShare: 0.2)
    #expect(map.density.count <= 32_768 && map.density.count > 2000)
    var random = RandomSource(seed: 1)
    var last = (x: 0, y: 0)
    for _ in 0..<100_000 {
      let point = map.draw(&random)
      #expect(point.x < 1930 && point.y < 1090 && point.frame < 200)
      last = (max(last.x, point.x), max(last.y, point.y))
    }
    #expect(last.x > 1920 && last.y > 1080)
  }

  /// Where a run looks follows the errors of its model; the paper's preset looks at all pixels alike.
  @Test func trainingLooksWhereItIsWrong() throws {
    let clip = try makeClip().clip
    let trainer = try Trainer(clip: clip, configuration: .tiny(.fast), seed: 1, threads: 2)
    let map = try #require(trainer.errors)
    for _ in 0..<10 { try trainer.step(progress: 0) }
    #expect(map.visits.values.reduce(0, +) > 2000)
    #expect(map.squares.values.contains { $0 > 0 })
    #expect(Set(map.density.values).count > 10)
    let paper = try Trainer(clip: clip, configuration: .tiny(.paper), seed: 1, threads: 2)
    #expect(paper.errors == nil)
  }

  /// A checkpoint whose densities cannot be drawn from is refused, not trained with.
  @Test(arguments: ["errors.density", "errors.visits", "errors.squares"])
  func impossibleErrorsInACheckpointAreRefused(tensor: String) throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors")
    defer { try? FileManager.default.removeItem(at: url) }
    let clip = try makeClip().clip
    let trainer = try Trainer(clip: clip, configuration: .tiny(.fast), seed: 1, threads: 2)
    try trainer.step(progress: 0)
    let map = try #require(trainer.errors)
    let values = ["errors.density": map.density, "errors.visits": map.visits, "errors.squares": map.squares]
    try #require(values[tensor])[3] = -1
    try trainer.saveCheckpoint(to: url)
    #expect(throws: DecompositionError.self) { try Trainer(clip: clip, resuming: url, threads: 2) }
  }

  /// Colour points come from where the map says, stencils with their neighbours inside the frame.
  @Test func theSamplerFollows() throws {
    let clip = try makeClip().clip
    let configuration = DecompositionConfiguration.tiny(.fast).training.sampling
    let map = ErrorMap(geometry: clip.geometry, uniformShare: 0.01)
    for block in 0..<map.density.count { map.density[block] = block == map.density.count - 1 ? 1 : 1e-6 }
    map.useDensity()
    let groups = configuration.groups
    let samples = ChunkSamples(capacity: ChunkCapacity(configuration, groups: groups), foregrounds: 1)
    Sampler(clip: clip, configuration: configuration, seed: 2, errors: map).draw(
      samples, groups: groups, iteration: 0, chunk: 0, globalRigidity: true, patches: true)
    let (size, last) = (clip.geometry.size, clip.geometry.frameCount - 1)
    for point in 0..<samples.colourCount {
      #expect(samples.frame[point] == Int32(last))
      #expect(samples.x[point] >= Float(size.width - 17) && samples.y[point] >= Float(size.height - 17))
      #expect(samples.x[point] < Float(size.width) && samples.y[point] < Float(size.height))
    }
  }
}

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
}

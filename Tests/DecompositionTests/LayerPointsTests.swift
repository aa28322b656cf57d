import NeuralField
import Testing

@testable import Decomposition

@Suite struct LayerPointsTests {
  private func makeSamples(points: Int) -> ChunkSamples {
    let capacity = ChunkCapacity(colour: points, matches: 4, globalRigidity: 4, patches: 2)
    let samples = ChunkSamples(capacity: capacity, foregrounds: 2)
    samples.colourCount = points
    samples.matches = [1, 2, 5].map { ChunkSamples.Match(point: $0) }
    samples.globalRigidity = [2, 4]
    samples.patches = [(0, 1), (1, 2)]
    for p in 0..<samples.mappedCount { samples.set(p, x: Float(p), y: Float(2 * p), frame: p % 3) }
    return samples
  }

  /// Foreground 0 is active at odd points, foreground 1 at point 2 only.
  @Test func followsColourPoints() {
    let samples = makeSamples(points: 6)
    samples.chooseLayerPoints(
      isActive: { foreground, point in foreground == 0 ? point % 2 == 1 : point == 2 },
      hasPatch: { foreground, patch in foreground == 0 && patch == 1 })
    let first = samples.layers[0]
    // Colour 1, 3, 5; matches of 1 and 5 are points 6 and 8; global rigidity belongs to even points.
    #expect(first.x == [1, 3, 5, 6, 8])
    #expect(first.y == [2, 6, 10, 12, 16])
    #expect((first.colourCount, first.alphaCount, first.mappedCount) == (3, 5, 5))
    #expect(first.residualCount == 3 + 18 && first.patches == [1])
    #expect(first.skipped == [0, 2, 4])
    // Point 2, its match 7, its neighbours 9 and 10.
    #expect(samples.layers[1].x == [2, 7, 9, 10])
    #expect(samples.opacity.x == [1, 2, 3, 5, 6, 7, 8, 9, 10])
    #expect(samples.opacity.alphaCount == 7)
    #expect(samples.layers[2].mappedCount == samples.mappedCount && samples.layers[2].residualCount == 6 + 36)
  }

  @Test func packingUndoesSpreading() {
    let samples = makeSamples(points: 6)
    samples.chooseLayerPoints(isActive: { _, point in point % 3 != 0 }, hasPatch: { _, patch in patch == 1 })
    let points = samples.layers[0]
    let row = FeatureRows(features: 1, capacity: 64)
    let packed = (0..<points.residualCount).map { Float($0 + 1) }
    for (i, value) in packed.enumerated() { row[0][i] = value }
    points.spreadResidual(row[0])
    // Colour points 1, 2, 4, 5, then patch 1 of two at both times: 6 + 9 ..< 6 + 18 and 6 + 27 ..< 6 + 36.
    #expect([1, 2, 4, 5, 15, 23, 33, 41].map { row[0][$0] } == [1, 2, 3, 4, 5, 13, 14, 22])
    points.packResidual(row[0])
    #expect((0..<packed.count).map { row[0][$0] } == packed)
  }
}

import NeuralField
import Testing

@testable import Decomposition

@Suite struct AliasTableTests {
  /// Among 400,000 draws every index comes as often as its weight says, within five standard deviations.
  @Test(arguments: [[1], [1, 1, 1], [0.001, 3, 1, 0.5, 100, 7], [1e-6, 1e6]] as [[Float]])
  func indicesComeInProportion(weights: [Float]) {
    let table = AliasTable(weights: weights)
    var random = RandomSource(seed: 7)
    let draws = 400_000
    var counts = [Int](repeating: 0, count: weights.count)
    for _ in 0..<draws { counts[table.draw(&random)] += 1 }
    let total = weights.reduce(0, +)
    for (count, weight) in zip(counts, weights) {
      let share = Double(weight / total)
      let deviation = (Double(draws) * share * (1 - share)).squareRoot()
      #expect(abs(Double(count) - Double(draws) * share) <= 5 * deviation + 1, "\(weights): \(counts)")
    }
  }

  @Test func manyRandomWeights() {
    var random = RandomSource(seed: 8)
    let weights = (0..<5000).map { _ in random.unit() * random.unit() + 1e-4 }
    let table = AliasTable(weights: weights)
    var counts = [Double](repeating: 0, count: weights.count)
    for _ in 0..<1_000_000 { counts[table.draw(&random)] += 1 }
    // The mean of (observed - expected)^2 / expected is 1 within .02 for so many indices.
    let total = Double(weights.reduce(0, +))
    let chiSquare = zip(counts, weights).reduce(0) { sum, pair in
      let expected = 1_000_000 * Double(pair.1) / total
      return sum + (pair.0 - expected) * (pair.0 - expected) / expected
    }
    #expect(abs(chiSquare / 5000 - 1) < 0.1)
  }
}

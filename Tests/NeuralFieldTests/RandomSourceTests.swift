import NeuralField
import Testing

@Suite struct RandomSourceTests {
  @Test func pathsGiveDifferentStreamsAndTheSameSeedTheSame() {
    var (a, b) = (RandomSource(seed: 1, path: 2, 3), RandomSource(seed: 1, path: 2, 3))
    var (c, d) = (RandomSource(seed: 1, path: 3, 2), RandomSource(seed: 2, path: 2, 3))
    let first = (0..<4).map { _ in a.next() }
    #expect(first == (0..<4).map { _ in b.next() })
    #expect(first != (0..<4).map { _ in c.next() })
    #expect(first != (0..<4).map { _ in d.next() })
  }

  @Test func numbersAreUniform() {
    var random = RandomSource(seed: 9)
    var counts = [Int](repeating: 0, count: 7)
    var sum = 0.0
    for _ in 0..<70_000 {
      counts[random.index(below: 7)] += 1
      sum += Double(random.unit())
    }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 }, "\(counts)")
    #expect(abs(sum / 70_000 - 0.5) < 0.005)
  }
}

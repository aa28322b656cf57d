import Foundation
import Inference
import Testing

@Suite struct AttentionTests {
  @Test("Softmax, layer norm and attention are their definitions", arguments: [(5, 24, 3), (9, 32, 4)])
  func attention(tokens: Int, width: Int, heads: Int) throws {
    let block = 3
    let rows = (tokens + block - 1) / block * block
    let input = Tensor([rows, 3 * width], noise(rows * 3 * width, seed: 4).map { 2 * $0 })
    let attention = try Attention(tokens: tokens, width: width, heads: heads, block: block)
    let (output, scratch) = (Tensor([rows, width]), attention.scratch())
    for head in 0..<heads {
      for row in stride(from: 0, to: rows, by: block) {
        try attention.run(input, head: head, row: row, scratch: scratch, into: output)
      }
    }
    let depth = width / heads
    func value(_ kind: Int, _ row: Int, _ head: Int, _ i: Int) -> Double {
      Double(input.values[row * 3 * width + kind * width + head * depth + i])
    }
    var expected: [Double] = []
    for row in 0..<tokens {
      for head in 0..<heads {
        let scores = (0..<tokens).map { key in
          exp(
            (0..<depth).map { value(0, row, head, $0) * value(1, key, head, $0) }.reduce(0, +)
              / Double(depth).squareRoot())
        }
        let sum = scores.reduce(0, +)
        for i in 0..<depth {
          expected.append((0..<tokens).map { scores[$0] / sum * value(2, $0, head, i) }.reduce(0, +))
        }
      }
    }
    #expect(largestDifference(output.rows(0..<tokens).values, expected) < 1e-5)
  }

  @Test(arguments: [7, 24, 40]) func layerNorm(columns: Int) {
    let input = Tensor([3, columns], noise(3 * columns, seed: 8).map { $0 + 5 })
    let (scale, shift) = (noise(columns, seed: 1), noise(columns, seed: 2))
    let output = Tensor([3, columns])
    LayerNorm(scale: scale, shift: shift, epsilon: 1e-3).run(input, into: output)
    var expected: [Double] = []
    for row in 0..<3 {
      let x = input.rows(row..<row + 1).values.map(Double.init)
      let mean = x.reduce(0, +) / Double(columns)
      let variance = x.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(columns)
      for i in 0..<columns {
        expected.append((x[i] - mean) / (variance + 1e-3).squareRoot() * Double(scale[i]) + Double(shift[i]))
      }
    }
    #expect(largestDifference(output.values, expected) < 1e-5)
  }
}

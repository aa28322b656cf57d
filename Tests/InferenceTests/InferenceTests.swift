import Foundation
import Inference
import Testing

/// Seeded numbers in -1...1.
func noise(_ count: Int, seed: UInt64) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 23) - 1
  }
}

private func activated(_ x: Double, _ activation: Activation) -> Double {
  switch activation {
  case .identity: x
  case .relu: max(0, x)
  case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
  }
}

/// The definition of a convolution, in double precision.
private func convolved(
  _ x: [Float], height: Int, width: Int, inputs: Int, outputs: Int, kernel: (height: Int, width: Int), stride: Int,
  _ weights: [Float], _ bias: [Float]?, _ activation: Activation
) -> [Double] {
  var result: [Double] = []
  for y in Swift.stride(from: 0, to: height, by: stride) {
    for x0 in Swift.stride(from: 0, to: width, by: stride) {
      for output in 0..<outputs {
        var sum = Double(bias?[output] ?? 0)
        for input in 0..<inputs {
          for ky in 0..<kernel.height {
            for kx in 0..<kernel.width {
              let (row, column) = (y + ky - kernel.height / 2, x0 + kx - kernel.width / 2)
              guard row >= 0, row < height, column >= 0, column < width else { continue }
              let weight = weights[((output * inputs + input) * kernel.height + ky) * kernel.width + kx]
              sum += Double(weight) * Double(x[(row * width + column) * inputs + input])
            }
          }
        }
        result.append(activated(sum, activation))
      }
    }
  }
  return result
}

func largestDifference(_ values: [Float], _ expected: [Double]) -> Double {
  #expect(values.count == expected.count)
  return zip(values, expected).map { abs(Double($0) - $1) }.max() ?? 0
}

@Suite struct InferenceTests {
  @Test(
    "A convolution is its definition",
    arguments: [
      (9, 13, 3, 8, 7, 7, 2, Activation.relu), (8, 10, 16, 24, 3, 3, 1, .identity), (11, 6, 18, 5, 1, 1, 1, .relu),
      (7, 9, 32, 32, 1, 5, 1, .identity), (7, 9, 32, 16, 5, 1, 1, .gelu), (10, 7, 5, 33, 3, 3, 2, .identity),
      (5, 4, 6, 7, 1, 1, 2, .identity),
    ])
  func convolution(
    height: Int, width: Int, inputs: Int, outputs: Int, kernelHeight: Int, kernelWidth: Int, stride: Int,
    activation: Activation
  ) throws {
    let x = noise(height * width * inputs, seed: 1)
    let weights = noise(outputs * inputs * kernelHeight * kernelWidth, seed: 2)
    for bias in [nil, noise(outputs, seed: 3)] {
      let layer = try Convolution(
        height: height, width: width, inputs: inputs, outputs: outputs, kernel: (kernelHeight, kernelWidth),
        stride: stride, weights: weights, bias: bias, activation: activation)
      let y = try layer(Tensor([height, width, inputs], x))
      #expect(y.shape == [(height + stride - 1) / stride, (width + stride - 1) / stride, outputs])
      let expected = convolved(
        x, height: height, width: width, inputs: inputs, outputs: outputs, kernel: (kernelHeight, kernelWidth),
        stride: stride, weights, bias, activation)
      #expect(largestDifference(y.values, expected) < 2e-5)
    }
  }

  @Test(
    "A linear layer is a product of matrices, an offset and an activation", arguments: [Activation.identity, .gelu])
  func linear(activation: Activation) throws {
    let (rows, inputs, outputs) = (37, 48, 29)
    let (x, weights, bias) = (noise(rows * inputs, seed: 4), noise(outputs * inputs, seed: 5), noise(outputs, seed: 6))
    let layer = try Linear(
      rows: rows, inputs: inputs, outputs: outputs, weights: weights, bias: bias, activation: activation)
    let y = try layer(Tensor([rows, inputs], x))
    #expect(y.shape == [rows, outputs])
    let expected = convolved(
      x, height: 1, width: rows, inputs: inputs, outputs: outputs, kernel: (1, 1), stride: 1, weights, bias, activation)
    #expect(largestDifference(y.values, expected) < 1e-5)
  }

  @Test("Parts of larger matrices are multiplied, transposed or not", arguments: [false, true])
  func product(transposed: Bool) throws {
    let (m, n, k, stride) = (7, 11, 13, 20)
    let (a, b) = (Tensor([m, stride], noise(m * stride, seed: 7)), Tensor([20, stride], noise(20 * stride, seed: 8)))
    let c = Tensor([m, stride])
    try multiply(
      Matrix(a.pointer + 3, rows: m, columns: k, stride: stride),
      Matrix(b.pointer, rows: transposed ? n : k, columns: transposed ? k : n, stride: stride), transposed: transposed,
      scale: 0.5, into: Matrix(c.pointer, rows: m, columns: n, stride: stride))
    for row in 0..<m {
      for column in 0..<stride {
        var sum = 0.0
        for d in 0..<k where column < n {
          let right = transposed ? b.pointer[column * stride + d] : b.pointer[d * stride + column]
          sum += 0.5 * Double(a.pointer[row * stride + 3 + d]) * Double(right)
        }
        #expect(abs(Double(c.pointer[row * stride + column]) - sum) < 1e-5)
      }
    }
  }

  @Test("Instance norm takes each channel's mean and deviation", arguments: [8, 24, 32], [false, true])
  func instanceNorm(channels: Int, relu: Bool) throws {
    let (height, width) = (9, 14)
    let x = noise(height * width * channels, seed: 9).map { 3 + 2 * $0 }
    let picture = Tensor([height, width, channels], x)
    try InstanceNorm(height: height, width: width, channels: channels, relu: relu).normalise(picture)
    for channel in 0..<channels {
      let values = stride(from: channel, to: x.count, by: channels).map { Double(x[$0]) }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
      for (index, value) in values.enumerated() {
        let expected = (value - mean) / (variance + 1e-5).squareRoot()
        let found = Double(picture.pointer[index * channels + channel])
        #expect(abs(found - (relu ? max(0, expected) : expected)) < 1e-4)
      }
    }
  }

  @Test("One layer runs on several threads at once, with the same bits")
  func threads() throws {
    let x = Tensor([24, 32, 64], noise(24 * 32 * 64, seed: 10))
    let layer = try Convolution(
      height: 24, width: 32, inputs: 64, outputs: 48, kernel: (3, 3), weights: noise(48 * 64 * 9, seed: 11))
    let alone = try layer(x).values
    let same = Locked<[Bool]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      let values = try? layer(x).values
      same.append(values == alone)
    }
    #expect(same.value == Array(repeating: true, count: 8))
  }
}

/// A value that several threads add to.
private final class Locked<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var value: Value
  init(_ value: Value) { self.value = value }
  func append<Element>(_ element: Element) where Value == [Element] { lock.withLock { value.append(element) } }
}

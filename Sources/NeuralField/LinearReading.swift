/// A matrix A that a network starts with as the straight way from its inputs to its outputs: `y = A x + ...`.
///
/// With random weights of the usual size (PyTorch's), a network of three hidden layers hardly hears its inputs at first: a
/// layer hands on two fifths of what it gets. A way straight through lets a field learn its features from the first
/// iteration on, and says what a feature means, so that features can be written before training (`GridPainting`).
public struct LinearReading: Sendable {
  /// (outputs, inputs).
  public let rows: [[Float]]

  public init(rows: [[Float]]) { self.rows = rows }

  /// The values x_i of one level of a grid that come nearest to the outputs `y` under A, the smallest ones where several
  /// do. Exact where the level's columns a_i of A are orthogonal or the same: `x_i = a_i . y / sum_j |a_i . a_j|`.
  func coefficients(level: Int) -> [[Float]] {
    let columns = (0..<HashGrid.featuresPerLevel).map { feature in
      rows.map { $0[HashGrid.featuresPerLevel * level + feature] }
    }
    func product(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return columns.map { column in
      let sum = columns.reduce(0) { $0 + abs(product(column, $1)) }
      return column.map { sum > 0 ? $0 / sum : 0 }
    }
  }
}

extension MLP {
  /// Sets two units an output in every hidden layer aside: they carry the positive and the negative part of `A x` to it
  /// unchanged. The other units stay as they are, and so does the output's bias.
  /// - Precondition: a width of at least twice the outputs.
  public func begin(reading: LinearReading, _ parameters: UnsafeMutablePointer<Float>) {
    let carriers = 2 * outputs
    precondition(layers.dropFirst().allSatisfy { $0.inputs >= carriers }, "a width below \(carriers)")
    func sign(_ unit: Int) -> Float { unit % 2 == 0 ? 1 : -1 }
    for (index, layer) in layers.enumerated() {
      let weights = parameters + layer.weight.offset
      if index == layers.count - 1 {
        for unit in 0..<carriers {
          for output in 0..<outputs {
            weights[output * layer.inputs + unit] = unit / 2 == output ? sign(unit) : 0
          }
        }
        continue
      }
      for unit in 0..<carriers {
        for input in 0..<layer.inputs {
          weights[unit * layer.inputs + input] =
            index == 0 ? sign(unit) * reading.rows[unit / 2][input] : input == unit ? 1 : 0
        }
        if let bias = layer.bias { parameters[bias.offset + unit] = 0 }
      }
    }
  }
}

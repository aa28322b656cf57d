import NeuralField

/// Draws indices with given probabilities in constant time: Walker's alias method, as M. D. Vose builds it ("A Linear
/// Algorithm For Generating Random Numbers With a Given Distribution", 1991).
///
/// Every index has a column of the same width, which it shares with at most one other index.
struct AliasTable: Sendable {
  /// The share of an index's column that is its own.
  private let own: [Float]
  /// Whose the rest is.
  private let other: [Int32]

  /// - Parameter weights: in proportion to the probabilities; positive and finite, at least one.
  init(weights: [Float]) {
    let scale = Double(weights.count) / weights.reduce(0) { $0 + Double($1) }
    var height = weights.map { Double($0) * scale }
    var own = [Float](repeating: 1, count: weights.count)
    var other = weights.indices.map { Int32($0) }
    var low = height.indices.filter { height[$0] < 1 }
    var high = height.indices.filter { height[$0] >= 1 }
    while let short = low.popLast() {
      // By rounding, a last short one can find nobody to fill it.
      guard let tall = high.last else { break }
      own[short] = Float(height[short])
      other[short] = Int32(tall)
      height[tall] -= 1 - height[short]
      if height[tall] < 1 { low.append(high.removeLast()) }
    }
    self.own = own
    self.other = other
  }

  func draw(_ random: inout RandomSource) -> Int {
    let column = random.index(below: own.count)
    return random.unit() < own[column] ? column : Int(other[column])
  }
}

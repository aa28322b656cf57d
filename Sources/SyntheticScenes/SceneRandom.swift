/// SplitMix64: numbers that depend on nothing but the seed.
struct SceneRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// A number in the range, its end excluded.
  mutating func next(_ range: Range<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * Self.unit(next())
  }

  /// A number in [0, 1) that belongs to a cell of a lattice.
  static func value(_ seed: UInt64, _ x: Int, _ y: Int) -> Double {
    unit(mix(mix(mix(seed) &+ UInt64(bitPattern: Int64(x))) &+ UInt64(bitPattern: Int64(y))))
  }

  private static func unit(_ bits: UInt64) -> Double { Double(bits >> 11) * 0x1p-53 }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

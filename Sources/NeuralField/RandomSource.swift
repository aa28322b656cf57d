/// SplitMix64 (Steele, Lea & Flood 2014): small, fast, and good enough for sampling and initialisation.
///
/// A source is made from a seed and a path of numbers (iteration, chunk, ...), so that every part of the work has its own
/// stream, whichever thread does it and in whatever order.
public struct RandomSource: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64, path: UInt64...) {
    state = Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15)
    for step in path { state = Self.mix(state ^ Self.mix(step &+ 0x632b_e59b_d9b4_e019)) }
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mix(state)
  }

  /// Uniform in 0..<bound.
  /// - Precondition: 0 < bound <= 2^32.
  public mutating func index(below bound: Int) -> Int { Int(((next() >> 32) &* UInt64(bound)) >> 32) }

  /// Uniform in [0, 1), 24 bits.
  public mutating func unit() -> Float { Float(next() >> 40) * (1 / 16_777_216) }

  /// Uniform in [-limit, limit).
  public mutating func symmetric(_ limit: Float) -> Float { (unit() * 2 - 1) * limit }
}

import Foundation

/// SHA-256 (FIPS 180-4), to tell whether a file is the one that was meant.
public struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  public init() {}

  /// The digest of some bytes as 64 hexadecimal digits.
  public static func hex(of data: Data) -> String {
    var hash = SHA256()
    hash.update(data)
    return hash.finish()
  }

  /// The digest of a file, read in parts.
  /// - Throws: `WeightsError.absent` or `.unreadable`.
  public static func hex(of file: URL) throws -> String { hex(of: try MappedFile.open(file)) }

  /// Takes more bytes.
  public mutating func update(_ data: Data) {
    length += UInt64(data.count)
    var rest = data[...]
    if !pending.isEmpty {
      let missing = rest.prefix(64 - pending.count)
      pending.append(contentsOf: missing)
      rest = rest.dropFirst(missing.count)
      guard pending.count == 64 else { return }
      pending.withUnsafeBytes { compress($0) }
      pending = []
    }
    rest.withUnsafeBytes { bytes in
      let whole = bytes.count / 64 * 64
      compress(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
      pending = Array(bytes[whole...])
    }
  }

  /// The digest of everything taken so far, as 64 hexadecimal digits.
  public mutating func finish() -> String {
    let bits = length * 8
    var end = Data([0x80])
    end.append(Data(count: (119 - Int(length % 64)) % 64))
    end.append(contentsOf: withUnsafeBytes(of: bits.bigEndian) { Array($0) })
    update(end)
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// Takes whole blocks of 64 bytes.
  private mutating func compress(_ bytes: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
      for block in stride(from: 0, to: bytes.count, by: 64) {
        for i in 0..<16 {
          words[i] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: block + 4 * i, as: UInt32.self))
        }
        for i in 16..<64 {
          let (a, b) = (words[i - 15], words[i - 2])
          let s0 = a.rotated(7) ^ a.rotated(18) ^ a >> 3
          let s1 = b.rotated(17) ^ b.rotated(19) ^ b >> 10
          words[i] = words[i - 16] &+ s0 &+ words[i - 7] &+ s1
        }
        Self.rounds(UnsafeBufferPointer(words), &state)
      }
    }
  }

  private static func rounds(_ words: UnsafeBufferPointer<UInt32>, _ state: inout [UInt32]) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    constants.withUnsafeBufferPointer { constants in
      for i in 0..<64 {
        let s1 = e.rotated(6) ^ e.rotated(11) ^ e.rotated(25)
        let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ constants[i] &+ words[i]
        let s0 = a.rotated(2) ^ a.rotated(13) ^ a.rotated(22)
        let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
        (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
      }
    }
    for (i, value) in [a, b, c, d, e, f, g, h].enumerated() { state[i] &+= value }
  }

  /// The first 32 bits of the fractions of the cube roots of the first 64 primes, worked out exactly in whole numbers:
  /// floor(cbrt(p) * 2^32) modulo 2^32.
  private static let constants: [UInt32] = {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < 64 {
      if !primes.contains(where: { candidate % $0 == 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { prime in
      // The largest r with r^3 <= prime * 2^96, found bit by bit; r < 2^35, so r^3 needs 105 bits.
      var root: UInt64 = 0
      for bit in (0..<35).reversed() {
        let trial = root | 1 << UInt64(bit)
        let square = trial.multipliedFullWidth(by: trial)
        let low = square.low.multipliedFullWidth(by: trial)
        let high = square.high * trial + low.high
        if high < prime << 32 || (high == prime << 32 && low.low == 0) { root = trial }
      }
      return UInt32(truncatingIfNeeded: root)
    }
  }()
}

extension UInt32 {
  fileprivate func rotated(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}

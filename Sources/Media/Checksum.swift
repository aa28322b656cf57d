/// FNV-1a (Fowler, Noll and Vo) in 64 bits, over numbers of any width up to 64 bits: whatever single number changes, the
/// sum changes. Against damage and mix-ups, not against forgery.
public struct Checksum: Sendable {
  @usableFromInline var state: UInt64 = 0xCBF2_9CE4_8422_2325

  public init() {}

  public var value: UInt64 { state }

  @inlinable mutating func mix(_ number: UInt64) { state = (state ^ number) &* 0x100_0000_01B3 }

  /// One number after the other, each as it is: bytes and the same bytes as 16-bit numbers have other sums.
  @inlinable public mutating func add(_ numbers: some Sequence<some UnsignedInteger & FixedWidthInteger>) {
    for number in numbers { mix(UInt64(number)) }
  }

  /// Words of eight bytes, little endian, then the bytes that are left: eight times as fast as byte by byte.
  public mutating func add(words bytes: UnsafeRawBufferPointer) {
    let words = bytes.count / 8
    for word in 0..<words {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * word, as: UInt64.self)))
    }
    for byte in bytes[(8 * words)...] { mix(UInt64(byte)) }
  }
}

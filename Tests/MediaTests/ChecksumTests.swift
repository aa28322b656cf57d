import Media
import Testing

@Suite struct ChecksumTests {
  /// The published values of FNV-1a in 64 bits (draft-eastlake-fnv, appendix C).
  @Test(arguments: [
    ("", 0xCBF2_9CE4_8422_2325 as UInt64), ("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8),
  ])
  func bytesGiveThePublishedValues(text: String, value: UInt64) {
    var checksum = Checksum()
    checksum.add(Array(text.utf8))
    #expect(checksum.value == value)
  }

  @Test func wordsTakeTheBytesThatAreLeftToo() {
    func sum(_ bytes: [UInt8]) -> UInt64 {
      var checksum = Checksum()
      bytes.withUnsafeBytes { checksum.add(words: $0) }
      return checksum.value
    }
    let bytes = (0..<19).map { UInt8($0) }
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 1
      #expect(sum(changed) != sum(bytes), "byte \(place)")
    }
    var words = Checksum()
    words.add([0x0706_0504_0302_0100 as UInt64, 0x0F0E_0D0C_0B0A_0908])
    #expect(sum(Array(bytes[..<16])) == words.value)
  }
}

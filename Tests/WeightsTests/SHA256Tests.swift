import Foundation
import Testing
import Weights

struct SHA256Tests {
  /// Digests that `sha256sum` gives; lengths around a block's end.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func agreesWithTheStandard(_ text: String, _ digest: String) {
    #expect(SHA256.hex(of: Data(text.utf8)) == digest)
  }

  @Test func partsGiveTheSame() {
    let data = Data((0..<1000).map { UInt8($0 & 255) })
    for size in [1, 7, 55, 56, 63, 64, 65, 200] {
      var hash = SHA256()
      for begin in stride(from: 0, to: data.count, by: size) {
        hash.update(data[begin..<min(begin + size, data.count)])
      }
      #expect(hash.finish() == SHA256.hex(of: data))
    }
  }
}

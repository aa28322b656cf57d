import Foundation
import Testing
import Weights

/// Damaged files: reading gives an error or well-formed tensors, and never a crash, a read outside the file, or an
/// allocation that the file's size does not justify.
struct DamagedFileTests {
  /// A file that another program wrote, and the bytes of it where damage can mislead: lengths, names, offsets.
  struct Sample: Sendable, CustomTestStringConvertible {
    let name: String
    let telling: Range<Int>
    var testDescription: String { name }

    func data() throws -> Data {
      name == "safetensors" ? try #require(referenceFile) : try Data(contentsOf: Fixtures.url(name))
    }
  }

  private static let samples = [
    Sample(name: "safetensors", telling: 0..<760), Sample(name: "legacy.pth", telling: 0..<2200),
    Sample(name: "zip.pth", telling: 0..<1900),
  ]

  @Test(arguments: samples)
  func truncatedFilesAreRefused(_ sample: Sample) throws {
    let whole = try sample.data()
    for count in 0..<whole.count {
      #expect(throws: WeightsError.self, "\(count) bytes") {
        try TensorFile(data: whole.prefix(count), path: "cut")
      }
    }
  }

  @Test(arguments: samples)
  func mutatedFilesNeverCrash(_ sample: Sample) throws {
    let whole = try sample.data()
    var random = Random(state: 7)
    var refused = 0
    for _ in 0..<20_000 {
      var data = whole
      for _ in 0...random.below(4) {
        let place =
          random.below(2) == 0
          ? sample.telling.lowerBound + random.below(sample.telling.count)
          : random.below(3) == 0 ? data.count - 1 - random.below(min(1800, data.count)) : random.below(data.count)
        data[place] = random.below(2) == 0 ? UInt8(random.below(256)) : data[random.below(data.count)]
      }
      if random.below(4) == 0 { data.removeSubrange(random.below(data.count)..<data.count) }
      do {
        let file = try TensorFile(data: data, path: "damaged")
        for (name, info) in file.tensors {
          #expect(info.count * info.type.byteCount <= data.count)
          #expect(try file.floats(name).count == info.count)
        }
      } catch is WeightsError {
        refused += 1
      }
    }
    #expect(refused > 5_000 && refused < 20_000, "\(refused)")
  }

  /// Pickles of valid instructions in random order: the machine sees far more states than damage would show it.
  @Test func randomPicklesNeverCrash() throws {
    let instructions = Array("()012BCGJKMNQRTUX]abcdehjlqrstu}".utf8) + [0x80, 0x81] + Array(0x85...0x95)
    let names = ["collections\nOrderedDict\n", "torch._utils\n_rebuild_tensor_v2\n", "torch\nFloatStorage\n"]
    var random = Random(state: 3)
    for _ in 0..<20_000 {
      var pickle: [UInt8] = []
      for _ in 0..<random.below(60) {
        let instruction = instructions[random.below(instructions.count)]
        pickle.append(instruction)
        switch instruction {
        case UInt8(ascii: "c"): pickle += Array(names[random.below(3)].utf8)
        case UInt8(ascii: "X"), UInt8(ascii: "T"): pickle += [7, 0, 0, 0] + Array("storage".utf8)
        case UInt8(ascii: "U"), 0x8c: pickle += [1, UInt8(ascii: "0")]
        case UInt8(ascii: "h"), UInt8(ascii: "q"), UInt8(ascii: "K"): pickle.append(UInt8(random.below(4)))
        case UInt8(ascii: "j"), UInt8(ascii: "r"), UInt8(ascii: "J"): pickle += [UInt8(random.below(3)), 0, 0, 0]
        default: break
        }
      }
      let data = Data(legacyBeginning + pickle + Array("..]X\u{1}\0\0\00a.".utf8))
      do {
        _ = try TensorFile(data: data, path: "random").tensors
      } catch is WeightsError {}
    }
  }

  /// Nesting, repetition and sizes beyond reason, each in a file of a few bytes or a few million.
  @Test(arguments: [
    ("a million lists in lists", [UInt8](repeating: 0x5d, count: 1_000_000) + [UInt8](repeating: 0x61, count: 999_999)),
    ("tuples in tuples", [0x29] + [UInt8](repeating: 0x85, count: 1_500_000)),
    ("a list within itself", [0x5d, 0x71, 0, 0x68, 0, 0x61]),
    ("lists of twice the last list", [0x5d] + (0..<100).flatMap { _ -> [UInt8] in [0x32, 0x86] }),
    ("more instructions than any checkpoint has", [UInt8](repeating: 0x4e, count: 3_000_000)),
    ("a text of four gigabytes", [0x58, 0xff, 0xff, 0xff, 0xff]),
    ("a text of 2^64 bytes", [0x8d] + [UInt8](repeating: 0xff, count: 8)),
  ])
  func hostilePicklesAreRefused(_ name: String, _ pickle: [UInt8]) {
    let data = Data(legacyBeginning + pickle + [0x2e, 0x5d, 0x2e])
    do {
      let file = try TensorFile(data: data, path: name)
      #expect(file.tensors.isEmpty)
    } catch {
      #expect(error is WeightsError, "\(error)")
    }
  }

  @Test func aStorageLargerThanTheFileIsRefused() throws {
    var data = try Data(contentsOf: Fixtures.url("legacy.pth"))
    // The first storage's count, 24, stands before its 96 bytes: -3, -2.5, ...
    let first = withUnsafeBytes(of: Float(-3).bitPattern.littleEndian) { Data($0) }
    let place = try #require(data.range(of: Data([24, 0, 0, 0, 0, 0, 0, 0]) + first)).lowerBound
    for count: UInt64 in [25, 1 << 40, .max] {
      data.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: count.littleEndian) { Data($0) })
      #expect(throws: WeightsError.self) { try TensorFile(data: data, path: "huge") }
    }
  }

  /// PyTorch's magic number, version and an empty dictionary of facts.
  private let legacyBeginning: [UInt8] =
    [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
    + [0x80, 2, 0x4d, 0xe9, 3, 0x2e] + [0x7d, 0x2e]
}

/// A small generator whose damage is the same on every run.
private struct Random {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}

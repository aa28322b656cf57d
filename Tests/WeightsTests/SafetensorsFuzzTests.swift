import Foundation
import Testing
import Weights

/// Damaged files: reading gives an error or well-formed tensors, and never a crash or a read outside the file.
struct SafetensorsFuzzTests {
  @Test func truncatedFilesAreRefused() throws {
    let whole = try #require(referenceFile)
    for count in 0..<whole.count {
      #expect(throws: WeightsError.self, "\(count) bytes") {
        try SafetensorsFile(data: whole.prefix(count), path: "cut")
      }
    }
  }

  @Test func mutatedFilesNeverCrash() throws {
    let whole = try #require(referenceFile)
    var state: UInt64 = 7
    var refused = 0
    for _ in 0..<20_000 {
      var data = whole
      for _ in 0...random(&state, 3) {
        // The damage concentrates on the length and the header, where it can mislead.
        let place = random(&state, 4) == 0 ? random(&state, 8) : random(&state, data.count)
        data[place] = random(&state, 2) == 0 ? UInt8(random(&state, 256)) : data[random(&state, data.count)]
      }
      if random(&state, 4) == 0 { data.removeSubrange(random(&state, data.count)..<data.count) }
      do {
        let file = try SafetensorsFile(data: data, path: "damaged")
        for (name, info) in file.tensors {
          #expect(try file.floats(name).count == info.count)
          #expect(try file.bytes(name).count == info.count * info.type.byteCount)
        }
      } catch is WeightsError {
        refused += 1
      }
    }
    #expect(refused > 5_000)
  }

  private func random(_ state: inout UInt64, _ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}

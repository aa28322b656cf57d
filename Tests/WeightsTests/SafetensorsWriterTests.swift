import Foundation
import Testing
import Weights

struct SafetensorsWriterTests {
  @Test func whatIsWrittenIsRead() throws {
    try withFolder { folder in
      let url = folder.appendingPathComponent("a.safetensors")
      let metadata = ["step": "12", "odd \"\\\u{1}\n": "ü\t"]
      try SafetensorsWriter.write(
        tensors: [("b", [2, 2], [1, 2, 3, .pi]), ("a.weight", [], [7]), ("none", [0, 5], [])], metadata: metadata,
        to: url)
      let file = try TensorFile(contentsOf: url)
      #expect(file.metadata == metadata)
      #expect(try file.floats("b", shape: [2, 2]) == [1, 2, 3, .pi])
      #expect(try file.floats("a.weight", shape: []) == [7])
      #expect(try file.floats("none", shape: [0, 5]).isEmpty)
    }
  }

  @Test func theLayoutIsTheFormats() throws {
    try withFolder { folder in
      let url = folder.appendingPathComponent("a.safetensors")
      try SafetensorsWriter.write(tensors: [("x", [1], [1])], metadata: ["k": "v"], to: url)
      let header = #"{"__metadata__":{"k":"v"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"# + " "
      #expect(header.utf8.count == 80)
      let expected = Data([80, 0, 0, 0, 0, 0, 0, 0]) + Data(header.utf8) + Data([0, 0, 0x80, 0x3f])
      #expect(try Data(contentsOf: url) == expected)
    }
  }

  @Test func buffersAndArraysGiveTheSameFile() throws {
    try withFolder { folder in
      let urls = ["a", "b"].map { folder.appendingPathComponent($0) }
      let values = (0..<100_000).map { Float($0) / 3 }
      try SafetensorsWriter.write(
        tensors: [("x", [300, 100], Array(values[..<30_000])), ("y", [70_000], Array(values[30_000...]))], to: urls[0])
      try values.withUnsafeBufferPointer {
        try SafetensorsWriter.write(
          buffers: [
            ("x", [300, 100], UnsafeBufferPointer(rebasing: $0[..<30_000])),
            ("y", [70_000], UnsafeBufferPointer(rebasing: $0[30_000...])),
          ], to: urls[1])
      }
      #expect(try Data(contentsOf: urls[0]) == Data(contentsOf: urls[1]))
    }
  }

  @Test func aFailureLeavesTheOldFileAndNothingElse() throws {
    try withFolder { folder in
      let url = folder.appendingPathComponent("a.safetensors")
      try SafetensorsWriter.write(tensors: [("x", [1], [1])], to: url)
      #expect(throws: WeightsError.self) { try SafetensorsWriter.write(tensors: [("x", [2], [1])], to: url) }
      #expect(throws: WeightsError.self) { try SafetensorsWriter.write(tensors: [("x", [.max, 4], [1])], to: url) }
      #expect(throws: WeightsError.self) {
        try SafetensorsWriter.write(tensors: [("x", [1], [1]), ("x", [1], [1])], to: url)
      }
      #expect(try TensorFile(contentsOf: url).floats("x") == [1])
      #expect(throws: WeightsError.self) { try SafetensorsWriter.write(tensors: [], to: folder) }
      #expect(throws: WeightsError.self) {
        try SafetensorsWriter.write(tensors: [], to: folder.appendingPathComponent("absent/a.safetensors"))
      }
      let error = #expect(throws: WeightsError.self) {
        try SafetensorsWriter.write(tensors: [], to: url.appendingPathComponent("x"))
      }
      #expect(error?.description.contains("cannot write \(url.path)/x") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.safetensors"])
    }
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}

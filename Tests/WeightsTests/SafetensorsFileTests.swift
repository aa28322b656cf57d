import Foundation
import Testing
import Weights

/// Numbers read from a file that another implementation wrote (Python `safetensors` 0.8.0 with torch 2.13.0).
struct SafetensorsFileTests {
  @Test func readsEveryFormat() throws {
    let file = try TensorFile(data: #require(referenceFile), path: "reference")
    let expected: [String: (shape: [Int], values: [Float])] = [
      "f32": ([2, 3], [0, -1.5, 3.25, 1e-30, 6.5e10, -0.0]),
      "f64": ([2], [0.1, -2.5]),
      "f16": ([5], [1, -0.333251953125, 65504, 0x1p-24, .infinity]),
      "bf16": ([3], [1, -3.140625, 9.969209968386869e+37]),
      "u8": ([3], [0, 7, 255]),
      "i8": ([2], [-128, 127]),
      "i16": ([2], [-300, 300]),
      "i32": ([2], [-70000, 70000]),
      "i64": ([2], [-5, 1_048_576]),
      "bool": ([3], [1, 0, 1]),
      "scalar": ([], [4.5]),
      "empty": ([0, 3], []),
    ]
    #expect(Set(file.tensors.keys) == Set(expected.keys))
    for (name, tensor) in expected {
      #expect(try file.info(name).shape == tensor.shape, "\(name)")
      #expect(try file.info(name).type.rawValue.lowercased() == (name == "scalar" || name == "empty" ? "f32" : name))
      #expect(try file.floats(name) == tensor.values, "\(name)")
    }
    #expect(file.metadata == ["format": "pt", "note": "quote \" and ü"])
  }

  @Test func readsIntoPlace() throws {
    let file = try TensorFile(data: #require(referenceFile), path: "reference")
    var values = [Float](repeating: 9, count: 6)
    try values.withUnsafeMutableBufferPointer { try file.read("f32", into: $0) }
    #expect(values == [0, -1.5, 3.25, 1e-30, 6.5e10, 0])
    #expect(throws: WeightsError.self) { try values.withUnsafeMutableBufferPointer { try file.read("f64", into: $0) } }
  }

  @Test func namesWhatIsMissingOrOfAnotherShape() throws {
    let file = try TensorFile(data: #require(referenceFile), path: "reference")
    #expect(throws: WeightsError.missingTensor(name: "nothing", path: "reference")) { try file.floats("nothing") }
    #expect(throws: WeightsError.wrongShape(name: "f32", path: "reference", found: [2, 3], expected: [3, 2])) {
      try file.floats("f32", shape: [3, 2])
    }
  }

  @Test func readsAHandmadeFile() throws {
    let file = try TensorFile(
      data: handmade(#"{"a\u00e9\ud83d\ude00":{"data_offsets":[0,8],"dtype":"F32","shape":[2]}}  "#, body: 8), path: "p"
    )
    #expect(try file.floats("aé😀") == [0, 0])
    #expect(try TensorFile(data: handmade("{}", body: 0), path: "p").tensors.isEmpty)
  }

  @Test(arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}"#,
      "twice"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      "overlap"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "hole"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "end at byte 4 of 8"),
    (#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "do not lie within"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "do not lie within"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "do not lie within"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "does not take"),
    (#"{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}"#, "does not take"),
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4,2],"data_offsets":[0,8]}}"#, "does not take"),
    (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#, "whole number"),
    (#"{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}"#, "'F31' is unknown"),
    (#"{"a":{"dtype":"F32","shape":[2]}}"#, "lacks"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, "unknown field 'x'"),
    (#"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, "']' expected"),
    (#"{"a"#, "without an end"),
    (#"{"\ud800":{}}"#, "surrogate"),
    (#"{"\u12":{}}"#, "incomplete"),
    (#"[]"#, "'{' expected"),
    (#"{} {}"#, "behind the closing brace"),
    ("", "'{' expected"),
  ])
  func refusesABadHeader(_ header: String, _ reason: String) {
    let error = #expect(throws: WeightsError.self) {
      try TensorFile(data: handmade(header, body: 8), path: "file.safetensors")
    }
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    #expect(error?.description.contains("file.safetensors") == true)
  }

  @Test(arguments: [0, 1, 7, 8])
  func refusesAShortFile(_ count: Int) {
    #expect(throws: WeightsError.self) {
      try TensorFile(data: Data(repeating: 0xff, count: count), path: "short")
    }
  }

  @Test func refusesWhatIsNoFile() {
    for path in ["/dev/zero", NSTemporaryDirectory()] {
      let error = #expect(throws: WeightsError.self) { try TensorFile(contentsOf: URL(fileURLWithPath: path)) }
      guard case .unreadable = error else {
        Issue.record("\(path): \(String(describing: error))")
        continue
      }
    }
    #expect(throws: WeightsError.absent(path: "/nowhere/at/all.safetensors")) {
      try TensorFile(contentsOf: URL(fileURLWithPath: "/nowhere/at/all.safetensors"))
    }
  }

  private func handmade(_ header: String, body: Int) -> Data {
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data.append(contentsOf: header.utf8)
    data.append(Data(count: body))
    return data
  }
}

import Foundation

/// The header of a safetensors file, checked against the size of the file.
///
/// Layout of the file: 8 bytes header length (little endian), the header (JSON), the values.
struct SafetensorsHeader {
  /// The format's own limit; a larger length is damage and is refused before anything is allocated.
  static let maximumByteCount = 100_000_000

  private(set) var metadata: [String: String] = [:]
  private(set) var tensors: [String: TensorInfo] = [:]
  private let path: String
  /// Where the values begin in the file.
  private let bodyStart: Int

  /// - Parameter data: the whole file.
  /// - Throws: `WeightsError.malformed` or `.badTensor`.
  init(_ data: Data, path: String) throws {
    self.path = path
    guard data.count >= 8 else {
      throw WeightsError.malformed(path: path, reason: "it has \(data.count) bytes where 8 hold the header's length")
    }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.maximumByteCount, Int(length) <= data.count - 8 else {
      throw WeightsError.malformed(
        path: path, reason: "as safetensors its header would take \(length) bytes, and the file has \(data.count)")
    }
    bodyStart = 8 + Int(length)
    let bodyByteCount = data.count - bodyStart
    var scanner = HeaderScanner([UInt8](data.dropFirst(8).prefix(Int(length))))
    do {
      try scanner.object { key, scanner in
        if key == "__metadata__" {
          try scanner.object { name, scanner in try Self.insert(scanner.string(), for: name, into: &metadata) }
        } else {
          try Self.insert(entry(key, &scanner, bodyByteCount), for: key, into: &tensors)
        }
      }
      try scanner.end()
    } catch let problem as HeaderScanner.Problem {
      throw WeightsError.malformed(path: path, reason: "\(problem.what) at byte \(problem.position) of its header")
    } catch let duplicate as Duplicate {
      throw WeightsError.malformed(path: path, reason: "its header names '\(duplicate.name)' twice")
    }
    try checkThatTensorsTile(bodyByteCount)
  }

  private struct Duplicate: Error { let name: String }

  private static func insert<Value>(_ value: Value, for name: String, into values: inout [String: Value]) throws {
    guard values.updateValue(value, forKey: name) == nil else { throw Duplicate(name: name) }
  }

  /// Reads `{"dtype": ..., "shape": [...], "data_offsets": [begin, end]}` and checks that the three agree.
  private func entry(_ name: String, _ scanner: inout HeaderScanner, _ bodyByteCount: Int) throws -> TensorInfo {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { field, scanner in
      switch field {
      case "dtype": typeName = try scanner.string()
      case "shape": shape = try scanner.integers()
      case "data_offsets": offsets = try scanner.integers()
      default: throw bad(name, "its entry has the unknown field '\(field)'")
      }
    }
    guard let typeName, let shape, let offsets else { throw bad(name, "its entry lacks dtype, shape or data_offsets") }
    guard let type = TensorType(rawValue: typeName) else { throw bad(name, "its dtype '\(typeName)' is unknown") }
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= bodyByteCount else {
      throw bad(name, "its data_offsets \(offsets) do not lie within the \(bodyByteCount) bytes after the header")
    }
    let bytes = offsets[1] - offsets[0]
    guard let count = TensorInfo.count(of: shape), bytes.isMultiple(of: type.byteCount), count == bytes / type.byteCount
    else { throw bad(name, "shape \(shape) of \(typeName) does not take the \(bytes) bytes of its offsets") }
    return TensorInfo(shape: shape, type: type, byteRange: bodyStart + offsets[0]..<bodyStart + offsets[1])
  }

  /// The format wants every byte to belong to exactly one tensor: no overlap, no hole, nothing behind the last.
  private func checkThatTensorsTile(_ bodyByteCount: Int) throws {
    var covered = bodyStart
    let ordered = tensors.sorted {
      ($0.value.byteRange.lowerBound, $0.value.byteRange.upperBound, $0.key)
        < ($1.value.byteRange.lowerBound, $1.value.byteRange.upperBound, $1.key)
    }
    for (name, info) in ordered {
      let begin = info.byteRange.lowerBound
      guard begin == covered else {
        throw bad(
          name,
          "it begins at byte \(begin - bodyStart) where \(covered - bodyStart) bytes are taken: tensors overlap or leave a hole"
        )
      }
      covered = info.byteRange.upperBound
    }
    guard covered - bodyStart == bodyByteCount else {
      throw WeightsError.malformed(
        path: path, reason: "its tensors end at byte \(covered - bodyStart) of \(bodyByteCount) after the header")
    }
  }

  private func bad(_ name: String, _ reason: String) -> WeightsError {
    .badTensor(name: name, path: path, reason: reason)
  }
}

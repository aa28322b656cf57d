/// The header of a safetensors file, read from its JSON text and checked against the size of the file.
struct SafetensorsHeader {
  /// The format's own limit; a larger length is damage and is refused before anything is allocated.
  static let maximumByteCount = 100_000_000

  private(set) var metadata: [String: String] = [:]
  private(set) var tensors: [String: TensorInfo] = [:]
  private let path: String

  /// - Parameters:
  ///   - text: the header's JSON.
  ///   - bodyByteCount: how many bytes follow it in the file.
  init(text: [UInt8], bodyByteCount: Int, path: String) throws {
    self.path = path
    var scanner = HeaderScanner(text)
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
    guard let needed = byteCount(of: shape, type), needed == offsets[1] - offsets[0] else {
      throw bad(name, "shape \(shape) of \(typeName) does not take the \(offsets[1] - offsets[0]) bytes of its offsets")
    }
    return TensorInfo(shape: shape, type: type, byteRange: offsets[0]..<offsets[1])
  }

  /// The bytes a tensor takes, or nil where an extent is negative or the product overflows.
  private func byteCount(of shape: [Int], _ type: TensorType) -> Int? {
    var bytes = type.byteCount
    for extent in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      bytes = product
    }
    return bytes
  }

  /// The format wants every byte to belong to exactly one tensor: no overlap, no hole, nothing behind the last.
  private func checkThatTensorsTile(_ bodyByteCount: Int) throws {
    var covered = 0
    let ordered = tensors.sorted {
      ($0.value.byteRange.lowerBound, $0.value.byteRange.upperBound, $0.key)
        < ($1.value.byteRange.lowerBound, $1.value.byteRange.upperBound, $1.key)
    }
    for (name, info) in ordered {
      let begin = info.byteRange.lowerBound
      guard begin == covered else {
        throw bad(name, "it begins at byte \(begin) where \(covered) bytes are taken: tensors overlap or leave a hole")
      }
      covered = info.byteRange.upperBound
    }
    guard covered == bodyByteCount else {
      throw WeightsError.malformed(
        path: path, reason: "its tensors end at byte \(covered) of \(bodyByteCount) after the header")
    }
  }

  private func bad(_ name: String, _ reason: String) -> WeightsError {
    .badTensor(name: name, path: path, reason: reason)
  }
}

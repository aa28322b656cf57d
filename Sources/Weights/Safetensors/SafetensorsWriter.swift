import Foundation

/// Writes safetensors files: beside the destination first, then renamed, so that a reader sees the old
/// file or the new one and never a part.
public enum SafetensorsWriter {
  /// Writes tensors whose values are in arrays.
  /// - Parameters:
  ///   - tensors: in the order in which their values shall lie in the file; `values` row-major.
  ///   - metadata: texts to carry along.
  /// - Throws: `WeightsError.unwritableTensor` where values and shape disagree or a name comes twice, `.unwritable`.
  public static func write(
    tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String] = [:], to url: URL
  ) throws {
    let header = try header(tensors.map { ($0.name, .f32, $0.shape, $0.values.count) }, metadata)
    try ReplacedFile.write(to: url) { file in
      try file.append(header)
      for tensor in tensors { try tensor.values.withUnsafeBytes { try file.append($0) } }
    }
  }

  /// Writes tensors that lie anywhere in memory, without a copy: for parts of one large buffer.
  /// - Throws: as the other form.
  public static func write(
    buffers: [(name: String, shape: [Int], values: UnsafeBufferPointer<Float>)], metadata: [String: String] = [:],
    to url: URL
  ) throws {
    try write(
      bytes: buffers.map { ($0.name, .f32, $0.shape, UnsafeRawBufferPointer($0.values)) }, metadata: metadata, to: url)
  }

  /// Writes tensors of any type that lie anywhere in memory, as they are stored (little endian).
  /// - Throws: as the other forms.
  public static func write(
    bytes tensors: [(name: String, type: TensorType, shape: [Int], bytes: UnsafeRawBufferPointer)],
    metadata: [String: String] = [:], to url: URL
  ) throws {
    let header = try header(
      tensors.map { ($0.name, $0.type, $0.shape, $0.bytes.count / $0.type.byteCount) }, metadata)
    try ReplacedFile.write(to: url) { file in
      try file.append(header)
      for tensor in tensors { try file.append(tensor.bytes) }
    }
  }

  /// The length and the JSON header, padded with spaces so that the values begin at a multiple of 8 bytes.
  private static func header(
    _ tensors: [(name: String, type: TensorType, shape: [Int], count: Int)], _ metadata: [String: String]
  ) throws -> [UInt8] {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var names: Set<String> = ["__metadata__"]
    var offset = 0
    for (name, type, shape, count) in tensors {
      guard names.insert(name).inserted else {
        throw WeightsError.unwritableTensor(name: name, reason: "its name is taken; give every tensor its own")
      }
      guard TensorInfo.count(of: shape) == count else {
        throw WeightsError.unwritableTensor(name: name, reason: "\(count) values do not fill shape \(shape)")
      }
      let end = offset + type.byteCount * count
      entries.append(
        "\(quoted(name)):{\"dtype\":\"\(type.rawValue)\",\"shape\":[\(shape.map(String.init).joined(separator: ","))],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = [UInt8]("{\(entries.joined(separator: ","))}".utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { [UInt8]($0) } + text
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{0}"..<" ": result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

import Foundation

/// Writes safetensors files: beside the destination first, then renamed, so that a reader sees the old file or the new
/// one and never a part.
public enum SafetensorsWriter {
  /// A tensor of any type whose bytes are asked for when their turn comes.
  public struct Tensor {
    let name: String
    let type: TensorType
    let shape: [Int]
    let withBytes: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// - Parameters:
    ///   - shape: extents, slowest first.
    ///   - withBytes: hands the values (little endian, row-major) to its argument, once; the tensors of a file are asked
    ///     in order.
    public init(
      _ name: String, _ type: TensorType, _ shape: [Int],
      withBytes: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) {
      (self.name, self.type, self.shape, self.withBytes) = (name, type, shape, withBytes)
    }
  }

  /// Writes tensors of any type.
  /// - Parameters:
  ///   - tensors: in the order in which their values shall lie in the file.
  ///   - metadata: texts to carry along.
  /// - Throws: `WeightsError.unwritableTensor` where values and shape disagree or a name comes twice, `.unwritable`, and
  ///   what handing over the bytes throws.
  public static func write(_ tensors: [Tensor], metadata: [String: String] = [:], to url: URL) throws {
    let (header, byteCounts) = try header(tensors, metadata)
    try ReplacedFile.write(to: url) { file in
      try file.append(header)
      for (tensor, byteCount) in zip(tensors, byteCounts) {
        try tensor.withBytes { bytes in
          guard bytes.count == byteCount else {
            throw WeightsError.unwritableTensor(
              name: tensor.name, reason: "\(bytes.count) bytes do not fill shape \(tensor.shape)")
          }
          try file.append(bytes)
        }
      }
    }
  }

  /// Writes tensors of 32-bit floats whose values are in arrays.
  /// - Parameter tensors: `values` row-major.
  /// - Throws: as the other form.
  public static func write(
    tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String] = [:], to url: URL
  ) throws {
    try write(
      tensors.map { name, shape, values in Tensor(name, .f32, shape) { try values.withUnsafeBytes($0) } },
      metadata: metadata, to: url)
  }

  /// Writes tensors of 32-bit floats that lie anywhere in memory, without a copy: for parts of one large buffer.
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
    try write(
      tensors.map { tensor in Tensor(tensor.name, tensor.type, tensor.shape) { try $0(tensor.bytes) } },
      metadata: metadata, to: url)
  }

  /// The length and the JSON header, padded with spaces so that the values begin at a multiple of 8 bytes, and how many
  /// bytes each tensor has.
  private static func header(
    _ tensors: [Tensor], _ metadata: [String: String]
  ) throws -> (bytes: [UInt8], byteCounts: [Int]) {
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      entries.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var names: Set<String> = ["__metadata__"]
    var (offset, byteCounts) = (0, [Int]())
    for tensor in tensors {
      guard names.insert(tensor.name).inserted else {
        throw WeightsError.unwritableTensor(name: tensor.name, reason: "its name is taken; give every tensor its own")
      }
      guard let byteCount = TensorInfo.count(of: tensor.shape + [tensor.type.byteCount]),
        !offset.addingReportingOverflow(byteCount).overflow
      else {
        throw WeightsError.unwritableTensor(name: tensor.name, reason: "no file can hold shape \(tensor.shape)")
      }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(offset + byteCount)]}")
      byteCounts.append(byteCount)
      offset += byteCount
    }
    var text = [UInt8]("{\(entries.joined(separator: ","))}".utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8))
    return (withUnsafeBytes(of: UInt64(text.count).littleEndian) { [UInt8]($0) } + text, byteCounts)
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

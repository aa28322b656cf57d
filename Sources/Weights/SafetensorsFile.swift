import Foundation

/// A safetensors file: named tensors and a table of texts, readable by every other program that knows the format.
///
/// Layout: 8 bytes header length (little endian), the header (JSON), the values. The file is mapped into memory, so
/// only what is asked for is read. Nothing in the header is believed before it is checked.
public struct SafetensorsFile: Sendable {
  /// The texts that the file carries beside its tensors (`__metadata__`).
  public let metadata: [String: String]
  /// The tensors by name.
  public let tensors: [String: TensorInfo]

  private let data: Data
  private let bodyStart: Int
  private let path: String

  /// Maps and checks a file.
  /// - Throws: `WeightsError.unreadable`, `.malformed` or `.badTensor`.
  public init(contentsOf url: URL) throws {
    let path = url.path
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw WeightsError.unreadable(path: path, reason: "it is not a regular file")
      }
      try self.init(data: Data(contentsOf: url, options: .alwaysMapped), path: path)
    } catch let error as WeightsError {
      throw error
    } catch {
      let reason = FileManager.default.fileExists(atPath: path) ? error.localizedDescription : "there is no such file"
      throw WeightsError.unreadable(path: path, reason: reason)
    }
  }

  /// Checks a file that is in memory already.
  /// - Parameters:
  ///   - data: the whole file.
  ///   - path: what messages call it.
  public init(data: Data, path: String) throws {
    guard data.count >= 8 else {
      throw WeightsError.malformed(path: path, reason: "it has \(data.count) bytes where 8 hold the header's length")
    }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= SafetensorsHeader.maximumByteCount, Int(length) <= data.count - 8 else {
      throw WeightsError.malformed(
        path: path, reason: "its header claims \(length) bytes and the file has \(data.count)")
    }
    let start = 8 + Int(length)
    let text = [UInt8](data.dropFirst(8).prefix(Int(length)))
    let header = try SafetensorsHeader(text: text, bodyByteCount: data.count - start, path: path)
    metadata = header.metadata
    tensors = header.tensors
    self.data = data
    bodyStart = data.startIndex + start
    self.path = path
  }

  /// What the header says about a tensor, whose shape is checked where one is given.
  public func info(_ name: String, shape: [Int]? = nil) throws -> TensorInfo {
    guard let info = tensors[name] else { throw WeightsError.missingTensor(name: name, path: path) }
    if let shape, shape != info.shape {
      throw WeightsError.wrongShape(name: name, path: path, found: info.shape, expected: shape)
    }
    return info
  }

  /// A tensor's bytes as they lie in the file (little endian, row-major), without a copy.
  public func bytes(_ name: String) throws -> Data {
    let range = try info(name).byteRange
    return data[bodyStart + range.lowerBound..<bodyStart + range.upperBound]
  }

  /// A tensor's values, row-major. F32 is exact; F16, BF16 and whole numbers below 2^24 are too; F64 is rounded.
  /// - Parameter shape: the shape that the reader needs, or nil to take any.
  /// - Throws: `WeightsError.missingTensor` or `.wrongShape`.
  public func floats(_ name: String, shape: [Int]? = nil) throws -> [Float] {
    let info = try info(name, shape: shape)
    let bytes = try bytes(name)
    return [Float](unsafeUninitializedCapacity: info.count) { values, count in
      bytes.withUnsafeBytes { info.type.convert($0, to: values) }
      count = info.count
    }
  }

  /// Reads a tensor's values into memory that the caller owns: for large tensors that have their place already.
  /// - Throws: `WeightsError.wrongShape` where the place is not of the tensor's size, `.missingTensor`.
  public func read(_ name: String, into values: UnsafeMutableBufferPointer<Float>) throws {
    let info = try info(name)
    guard info.count == values.count else {
      throw WeightsError.wrongShape(name: name, path: path, found: info.shape, expected: [values.count])
    }
    try bytes(name).withUnsafeBytes { info.type.convert($0, to: values) }
  }
}

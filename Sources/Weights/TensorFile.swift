import Foundation

/// A file of named tensors in any of the formats that models come in: safetensors, PyTorch's zip (`torch.save` since
/// 1.6) and PyTorch's old pickle stream. The format is told by the content, not by the file's name.
///
/// The file is mapped into memory, so only what is asked for is read. Nothing in it is believed before it is checked,
/// and nothing in it is ever run: a pickle may only use the names of a short allow-list (`PickleGlobal`).
public struct TensorFile: Sendable {
  /// How the tensors are packed.
  public enum Format: String, Sendable {
    case safetensors, pyTorch, pyTorchLegacy
  }

  public let format: Format
  /// The texts that the file carries beside its tensors (`__metadata__` of safetensors; PyTorch has none).
  public let metadata: [String: String]
  /// The tensors by name. Dictionaries within a PyTorch file's dictionary give names with points.
  public private(set) var tensors: [String: TensorInfo]

  private let data: Data
  private let path: String

  /// Maps and checks a file.
  /// - Throws: `WeightsError.absent`, `.unreadable`, `.malformed`, `.badTensor` or `.forbidden`.
  public init(contentsOf url: URL) throws {
    try self.init(data: MappedFile.open(url), path: url.path)
  }

  /// Checks a file that is in memory already.
  /// - Parameters:
  ///   - data: the whole file.
  ///   - path: what messages call it.
  public init(data: Data, path: String) throws {
    self.data = data
    self.path = path
    do {
      if data.starts(with: Array("PK\u{3}\u{4}".utf8)) {
        (format, metadata) = (.pyTorch, [:])
        tensors = try TorchArchive.tensors(in: data, path: path)
      } else if data.starts(with: LegacyTorchFile.beginning) {
        (format, metadata) = (.pyTorchLegacy, [:])
        tensors = try LegacyTorchFile.tensors(in: data, path: path)
      } else {
        let header = try SafetensorsHeader(data, path: path)
        (format, metadata, tensors) = (.safetensors, header.metadata, header.tensors)
      }
    } catch let damage as Damage {
      throw WeightsError.malformed(path: path, reason: "\(damage.what) at byte \(damage.position)")
    } catch let forbidden as PickleMachine.Forbidden {
      throw WeightsError.forbidden(path: path, name: forbidden.name)
    }
  }

  // MARK: - Names

  /// The same file with other names.
  /// - Parameter name: the new name of a tensor, or nil to leave it out.
  /// - Throws: `WeightsError.badTensor` where two tensors would get one name.
  public func renamed(_ name: (String) throws -> String?) throws -> TensorFile {
    var result = self
    result.tensors = [:]
    for (old, info) in tensors {
      guard let new = try name(old) else { continue }
      guard result.tensors.updateValue(info, forKey: new) == nil else {
        throw WeightsError.badTensor(name: old, path: path, reason: "another tensor is called '\(new)' as well")
      }
    }
    return result
  }

  /// The model's own tensors by their own names, where a training program has wrapped them.
  ///
  /// A checkpoint often holds the model under `state_dict` or `model` beside an optimiser, and a model that was trained
  /// in parallel has `module.` before every name. Where there are names with such a prefix, only those are kept, without
  /// it, again and again until there are none.
  public func unwrapped() -> TensorFile {
    for prefix in ["state_dict.", "model.", "module."] where tensors.keys.contains(where: { $0.hasPrefix(prefix) }) {
      var inner = self
      inner.tensors = [:]
      for (name, info) in tensors where name.hasPrefix(prefix) {
        inner.tensors[String(name.dropFirst(prefix.count))] = info
      }
      return inner.unwrapped()
    }
    return self
  }

  // MARK: - Values

  /// What the header says about a tensor, whose shape is checked where one is given.
  /// - Throws: `WeightsError.missingTensor` or `.wrongShape`.
  public func info(_ name: String, shape: [Int]? = nil) throws -> TensorInfo {
    guard let info = tensors[name] else { throw WeightsError.missingTensor(name: name, path: path) }
    if let shape, shape != info.shape {
      throw WeightsError.wrongShape(name: name, path: path, found: info.shape, expected: shape)
    }
    return info
  }

  /// A tensor's bytes as they lie in the file (little endian, row-major), without a copy.
  /// - Throws: `WeightsError.missingTensor`; `.badTensor` where the values of a PyTorch tensor lie in another order.
  public func bytes(_ name: String) throws -> Data {
    let info = try info(name)
    guard info.strides == nil else {
      throw WeightsError.badTensor(name: name, path: path, reason: "its values are not stored row by row")
    }
    return data[info.byteRange.shifted(by: data.startIndex)]
  }

  /// A tensor's values, row-major. F32 is exact; F16, BF16 and whole numbers below 2^24 are too; F64 is rounded.
  /// - Parameter shape: the shape that the reader needs, or nil to take any.
  /// - Throws: `WeightsError.missingTensor` or `.wrongShape`.
  public func floats(_ name: String, shape: [Int]? = nil) throws -> [Float] {
    let info = try info(name, shape: shape)
    return [Float](unsafeUninitializedCapacity: info.count) { values, count in
      convert(info, to: UnsafeMutableBufferPointer(rebasing: values[..<info.count]))
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
    convert(info, to: values)
  }

  private func convert(_ info: TensorInfo, to values: UnsafeMutableBufferPointer<Float>) {
    data[info.byteRange.shifted(by: data.startIndex)].withUnsafeBytes { bytes in
      guard let strides = info.strides else { return info.type.convert(bytes, to: values) }
      let span = [Float](unsafeUninitializedCapacity: bytes.count / info.type.byteCount) { span, count in
        count = bytes.count / info.type.byteCount
        info.type.convert(bytes, to: UnsafeMutableBufferPointer(rebasing: span[..<count]))
      }
      Self.gather(span, shape: info.shape, strides: strides, to: values)
    }
  }

  /// Brings values that lie with strides into row-major order.
  private static func gather(
    _ span: [Float], shape: [Int], strides: [Int], to values: UnsafeMutableBufferPointer<Float>
  ) {
    var place = [Int](repeating: 0, count: shape.count)
    var source = 0
    for index in values.indices {
      values[index] = span[source]
      for axis in shape.indices.reversed() {
        place[axis] += 1
        source += strides[axis]
        if place[axis] < shape[axis] { break }
        source -= shape[axis] * strides[axis]
        place[axis] = 0
      }
    }
  }
}

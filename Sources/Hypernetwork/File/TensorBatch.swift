import Foundation
import NeuralField
import Weights

/// Tensors on their way to a file or from one: places in memory under names.
struct TensorBatch {
  enum Place {
    case floats(UnsafeMutableBufferPointer<Float>)
    case head(HeadStorage)
  }

  private(set) var tensors: [(name: String, shape: [Int], place: Place)] = []

  mutating func add(_ name: String, shape: [Int], _ values: HeadStorage) {
    tensors.append((name, shape, .head(values)))
  }

  mutating func add(_ name: String, shape: [Int], _ buffer: AlignedBuffer) {
    tensors.append((name, shape, .floats(UnsafeMutableBufferPointer(start: buffer.pointer, count: buffer.count))))
  }

  mutating func add(_ name: String, shape: [Int], _ buffer: AlignedBuffer, _ range: Range<Int>) {
    let values = UnsafeMutableBufferPointer(start: buffer.pointer + range.lowerBound, count: range.count)
    tensors.append((name, shape, .floats(values)))
  }

  /// Every tensor of a layout, under `prefix` and its name.
  mutating func add(_ prefix: String, _ layout: ParameterLayout, _ buffer: AlignedBuffer) {
    for tensor in layout.tensors {
      add(prefix + tensor.name, shape: tensor.shape, buffer, tensor.range)
    }
  }

  /// Writes all of them.
  /// - Parameter precision: of 32-bit values in the file; nil: everything as it is in memory.
  func write(as precision: HeadPrecision?, metadata: [String: String], to url: URL) throws {
    var converted: [HeadStorage] = []
    let entries = tensors.map {
      tensor -> (name: String, type: TensorType, shape: [Int], bytes: UnsafeRawBufferPointer) in
      switch tensor.place {
      case .head(let values) where values.precision == .bfloat16:
        return (tensor.name, .bf16, tensor.shape, UnsafeRawBufferPointer(values.bytes))
      case .floats(let values):
        return entry(tensor.name, tensor.shape, UnsafeBufferPointer(values), precision, &converted)
      case .head(let values):
        let floats = UnsafeBufferPointer(values.bytes.bindMemory(to: Float.self))
        return entry(tensor.name, tensor.shape, floats, precision, &converted)
      }
    }
    try withExtendedLifetime(converted) {
      try SafetensorsWriter.write(bytes: entries, metadata: metadata, to: url)
    }
  }

  private func entry(
    _ name: String, _ shape: [Int], _ values: UnsafeBufferPointer<Float>, _ precision: HeadPrecision?,
    _ converted: inout [HeadStorage]
  ) -> (name: String, type: TensorType, shape: [Int], bytes: UnsafeRawBufferPointer) {
    guard precision == .bfloat16 else { return (name, .f32, shape, UnsafeRawBufferPointer(values)) }
    let half = HeadStorage(count: values.count, precision: .bfloat16)
    for (index, value) in values.enumerated() { half[index] = value }
    converted.append(half)
    return (name, .bf16, shape, UnsafeRawBufferPointer(half.bytes))
  }

  /// Fills all of them from a file.
  /// - Throws: `HypernetworkError.corruptFile` where one is absent, has another shape, or holds a value that is not finite.
  func read(_ file: TensorFile, path: String) throws {
    for tensor in tensors {
      do {
        let info = try file.info(tensor.name, shape: tensor.shape)
        switch tensor.place {
        case .floats(let values): try file.read(tensor.name, into: values)
        case .head(let values) where values.precision == .single:
          try file.read(tensor.name, into: values.bytes.bindMemory(to: Float.self))
        case .head(let values):
          if info.type == .bf16 {
            try file.bytes(tensor.name).withUnsafeBytes { values.bytes.copyMemory(from: $0) }
          } else {
            for (index, value) in try file.floats(tensor.name).enumerated() { values[index] = value }
          }
        }
      } catch {
        throw HypernetworkError.corruptFile(path: path, reason: "\(error)")
      }
      guard Self.isFinite(tensor.place) else {
        throw HypernetworkError.corruptFile(path: path, reason: "\(tensor.name) holds values that are not finite")
      }
    }
  }

  private static func isFinite(_ place: Place) -> Bool {
    switch place {
    case .floats(let values): values.allSatisfy(\.isFinite)
    case .head(let values) where values.precision == .single:
      values.bytes.bindMemory(to: Float.self).allSatisfy(\.isFinite)
    case .head(let values): values.bytes.bindMemory(to: UInt16.self).allSatisfy { $0 & 0x7f80 != 0x7f80 }
    }
  }
}

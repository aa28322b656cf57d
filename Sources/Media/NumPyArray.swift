import Foundation

/// An array of floats in NumPy's `.npy` format (versions 1 to 3).
public struct NumPyArray {
  enum Element: String {
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"

    var bytes: Int { Int(String(rawValue.last!))! }
  }

  var shape: [Int]
  /// In C order.
  var values: [Float]
}

extension NumPyArray {
  private static let magic = Data([0x93] + Array("NUMPY".utf8))

  /// - Throws: `MediaError` with `path` where the data are no array of floats in C order, or incomplete.
  init(_ data: Data, path: String) throws {
    func unreadable(_ detail: String) -> MediaError { .unreadable(path: path, detail: detail) }
    guard data.count >= 12, data.prefix(6) == Self.magic else { throw unreadable("it does not begin like a .npy file") }
    let isShort = data[data.startIndex + 6] == 1
    let start = isShort ? 10 : 12
    let length = Int(isShort ? data.word(at: 8) & 0xffff : data.word(at: 8))
    guard length <= data.count - start else { throw unreadable("its header is cut off") }
    let header = String(decoding: data.dropFirst(start).prefix(length), as: UTF8.self)
    guard let kind = Self.entry("descr", in: header)?.trimmingCharacters(in: ["'", "\""]),
      let shapeText = Self.entry("shape", in: header), let order = Self.entry("fortran_order", in: header)
    else { throw unreadable("its header is not that of an array") }
    guard let element = Element(rawValue: String(kind.dropFirst())), "<>=|".contains(kind.prefix(1)) else {
      throw MediaError.unsuitable(path: path, detail: "its values are of type \(kind), floats (f2, f4, f8) are needed")
    }
    guard order == "False" else {
      throw MediaError.unsuitable(path: path, detail: "it is in Fortran order; save numpy.ascontiguousarray of it")
    }
    let parts = shapeText.trimmingCharacters(in: ["(", ")"]).split(separator: ",")
    shape = parts.compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    var bytes = element.bytes
    for side in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: side)
      guard side > 0, !overflow else { throw unreadable("its shape \(shapeText) is not possible") }
      bytes = product
    }
    let body = data.dropFirst(start + length)
    guard shape.count == parts.count, body.count == bytes else {
      throw unreadable("it holds \(body.count) bytes of values, the shape \(shapeText) needs \(bytes)")
    }
    values = Self.floats(body, element, isLittleEndian: !kind.hasPrefix(">"))
  }

  /// The text of one entry of the header, a Python dictionary such as
  /// `{'descr': '<f4', 'fortran_order': False, 'shape': (480, 854, 2), }`.
  private static func entry(_ name: String, in header: String) -> String? {
    guard let key = header.range(of: "'\(name)':") else { return nil }
    let rest = header[key.upperBound...].drop { $0 == " " }
    guard rest.first == "(" else { return rest.firstIndex { ",}".contains($0) }.map { String(rest[..<$0]) } }
    return rest.firstIndex(of: ")").map { String(rest[...$0]) }
  }

  static func floats(_ data: Data, _ element: Element, isLittleEndian: Bool) -> [Float] {
    data.withUnsafeBytes { raw in
      (0..<raw.count / element.bytes).map { index in
        switch element {
        case .float16:
          let bits = raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
          return float(half: isLittleEndian ? UInt16(littleEndian: bits) : UInt16(bigEndian: bits))
        case .float32:
          let bits = raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
          return Float(bitPattern: isLittleEndian ? UInt32(littleEndian: bits) : UInt32(bigEndian: bits))
        case .float64:
          let bits = raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
          return Float(Double(bitPattern: isLittleEndian ? UInt64(littleEndian: bits) : UInt64(bigEndian: bits)))
        }
      }
    }
  }

  /// IEEE half precision: 1 sign, 5 exponent, 10 fraction bits. (Swift's `Float16` is absent on Intel Macs.)
  static func float(half bits: UInt16) -> Float {
    let fraction = Float(bits & 0x3ff)
    let exponent = Int(bits >> 10 & 0x1f)
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }

  /// Little-endian bytes.
  static func bytes(_ values: [Float]) -> Data {
    values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
  }

  /// A whole file of 32-bit floats.
  /// - Parameters:
  ///   - values: in C order.
  ///   - shape: its product is their number.
  public static func file(_ values: [Float], shape: [Int]) -> Data {
    let sides = shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sides)), }"
    // The values begin at a multiple of 64 bytes.
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    var data = magic + Data([1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
    data.append(Data(header.utf8))
    data.append(bytes(values))
    return data
  }
}

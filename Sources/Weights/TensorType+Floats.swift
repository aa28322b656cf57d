extension TensorType {
  /// Writes the numbers that `bytes` hold in this format (little endian, any alignment) to `values`.
  /// - Precondition: `bytes` holds at least `values.count` numbers.
  func convert(_ bytes: UnsafeRawBufferPointer, to values: UnsafeMutableBufferPointer<Float>) {
    switch self {
    case .f32: each(bytes, values, UInt32.self) { Float(bitPattern: $0) }
    case .f64: each(bytes, values, UInt64.self) { Float(Double(bitPattern: $0)) }
    case .bf16: each(bytes, values, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .f16: each(bytes, values, UInt16.self, Self.half)
    case .bool, .u8: each(bytes, values, UInt8.self) { Float($0) }
    case .i8: each(bytes, values, Int8.self) { Float($0) }
    case .u16: each(bytes, values, UInt16.self) { Float($0) }
    case .i16: each(bytes, values, Int16.self) { Float($0) }
    case .u32: each(bytes, values, UInt32.self) { Float($0) }
    case .i32: each(bytes, values, Int32.self) { Float($0) }
    case .u64: each(bytes, values, UInt64.self) { Float($0) }
    case .i64: each(bytes, values, Int64.self) { Float($0) }
    }
  }

  @inline(__always)
  private func each<Bits: FixedWidthInteger>(
    _ bytes: UnsafeRawBufferPointer, _ values: UnsafeMutableBufferPointer<Float>, _: Bits.Type,
    _ number: (Bits) -> Float
  ) {
    for i in values.indices {
      let bits = bytes.loadUnaligned(fromByteOffset: i * MemoryLayout<Bits>.size, as: Bits.self)
      values[i] = number(Bits(littleEndian: bits))
    }
  }

  /// IEEE half precision by its bits (`Float16` does not exist on every platform).
  private static func half(_ bits: UInt16) -> Float {
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Float(bits & 0x3ff)
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
      }
    return bits & 0x8000 == 0 ? magnitude : -magnitude
  }
}

import Media

/// Pictures whose every value is known.
enum Pattern {
  /// Smooth and different in every channel, pixel and frame; 8-bit values in 16 bits.
  static func frame(_ size: PixelSize, seed: Int = 0) -> Frame {
    var frame = Frame(size: size)
    for y in 0..<size.height {
      for x in 0..<size.width {
        for (channel, value) in [7 * x + 3 * y + 11 * seed, 5 * y + 64 + seed, 2 * x + y + 128].enumerated() {
          frame.pixels[3 * (y * size.width + x) + channel] = UInt16(value & 255) * 257
        }
      }
    }
    return frame
  }

  static func solid(_ size: PixelSize, red: UInt8, green: UInt8, blue: UInt8) -> Frame {
    let pixel = [red, green, blue].map { UInt16($0) * 257 }
    return Frame(size: size, pixels: (0..<size.pixelCount).flatMap { _ in pixel })
  }

  /// The object covers columns from `from`.
  static func mask(_ size: PixelSize, from column: Int) -> Mask {
    Mask(size: size, values: (0..<size.pixelCount).map { $0 % size.width >= column ? 255 : 0 })
  }

  static func flow(_ size: PixelSize) -> FlowField {
    // Multiples of 1/64: exact in every format.
    FlowField(size: size, vectors: (0..<2 * size.pixelCount).map { Float(($0 * 37) % 4001 - 2000) / 64 })
  }
}

/// The largest difference between two frames, in 8-bit steps.
func largestDifference(_ a: Frame, _ b: Frame) -> Double {
  zip(a.pixels, b.pixels).lazy.map { abs(Double($0) - Double($1)) / 257 }.max() ?? 0
}

extension Frame {
  /// One pixel as 8-bit values with fractions.
  func rgb(_ x: Int, _ y: Int) -> [Double] {
    (0..<3).map { Double(pixels[3 * (y * size.width + x) + $0]) / 257 }
  }
}

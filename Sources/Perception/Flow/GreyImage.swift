import Media

/// A frame's brightness in 8 bits, `0.299 R + 0.587 G + 0.114 B`: what the flow method compares.
struct GreyImage: Sendable {
  let size: PixelSize
  let values: [UInt8]

  init(_ frame: Frame) {
    size = frame.size
    values = frame.pixels.withUnsafeBufferPointer { pixels in
      [UInt8](unsafeUninitializedCapacity: frame.size.pixelCount) { grey, count in
        for index in 0..<frame.size.pixelCount {
          let red = UInt64(pixels[3 * index])
          let green = UInt64(pixels[3 * index + 1])
          let blue = UInt64(pixels[3 * index + 2])
          // Weights in 1/1000, then 16 bits to 8 (65535 / 257 = 255), rounded.
          grey[index] = UInt8((red * 299 + green * 587 + blue * 114 + 128_500) / 257_000)
        }
        count = frame.size.pixelCount
      }
    }
  }
}

import Foundation

/// Videos made by the `ffmpeg` command from raw samples, so that every stored value is known.
enum RawVideo {
  /// One colour, as three stored values, in every pixel of a planar 4:4:4 picture.
  static func solid(_ values: [Int], width: Int, height: Int, bytesPerSample: Int = 1, frames: Int = 1) -> Data {
    var data = Data()
    for _ in 0..<frames {
      for value in values {
        let sample = bytesPerSample == 1 ? [UInt8(value)] : [UInt8(value & 255), UInt8(value >> 8)]
        for _ in 0..<width * height { data.append(contentsOf: sample) }
      }
    }
    return data
  }

  /// What a YUV colour is in RGB, 0...255, by the definition of its standard: `kr`, `kb` are the luma weights.
  static func rgb(_ yuv: [Int], bits: Int, kr: Double, kb: Double, isFullRange: Bool) -> [Double] {
    let unit = Double(1 << (bits - 8))
    let largest = Double((1 << bits) - 1)
    let y = isFullRange ? Double(yuv[0]) / largest : (Double(yuv[0]) / unit - 16) / 219
    let centre = Double(1 << (bits - 1))
    let chroma = yuv.dropFirst().map { (Double($0) - centre) / (isFullRange ? largest : 224 * unit) }
    let red = y + 2 * (1 - kr) * chroma[1]
    let blue = y + 2 * (1 - kb) * chroma[0]
    let green = (y - kr * red - kb * blue) / (1 - kr - kb)
    return [red, green, blue].map { min(max($0, 0), 1) * 255 }
  }
}

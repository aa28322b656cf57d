import CFFmpeg

/// The exact values of pictures that need no colour conversion: RGB, grey and palettes, with or without alpha.
struct UnpackedPicture {
  /// What the channels are: `values` holds 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha) a pixel.
  var channels: Int
  var size: PixelSize
  /// 16 bits a channel, full range: an 8-bit value v as `257 * v`.
  var values: [UInt16]

  var hasAlpha: Bool { channels == 2 || channels == 4 }

  /// - Returns: nil where the picture's format needs FFmpeg's scaler: YUV, floating point, sensor patterns.
  static func read(_ picture: Picture) -> UnpackedPicture? {
    guard canRead(picture.format), var format = av_pix_fmt_desc_get(picture.format)?.pointee else { return nil }
    if let indices = PaletteIndices(picture) { return UnpackedPicture(indices, size: picture.size) }
    let size = picture.size
    let channels = Int(format.nb_components)
    let depths = [format.comp.0.depth, format.comp.1.depth, format.comp.2.depth, format.comp.3.depth]
    let isInverted = picture.format == AV_PIX_FMT_MONOWHITE
    var values = [UInt16](repeating: 0, count: size.pixelCount * channels)
    var row = [UInt16](repeating: 0, count: size.width)
    for channel in 0..<channels {
      let largest = (UInt32(1) << UInt32(depths[channel])) - 1
      for y in 0..<size.height {
        cffmpeg_read_row(picture.av, &format, Int32(y), Int32(channel), &row)
        var index = y * size.width * channels + channel
        for value in row {
          let expanded = UInt16((UInt32(value) * 65535 + largest / 2) / largest)
          values[index] = isInverted ? 65535 - expanded : expanded
          index += channels
        }
      }
    }
    return UnpackedPicture(channels: channels, size: size, values: values)
  }

  /// Whether pictures of this format hold plain RGB or grey integers, or a palette.
  static func canRead(_ format: AVPixelFormat) -> Bool {
    guard format != AV_PIX_FMT_PAL8 else { return true }
    guard let description = av_pix_fmt_desc_get(format)?.pointee else { return false }
    let other = AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL
    let isRGB = description.flags & UInt64(AV_PIX_FMT_FLAG_RGB) != 0
    return description.flags & UInt64(other) == 0 && (isRGB || (1...2).contains(description.nb_components))
  }

  /// The colours alone, grey as three equal values.
  var rgb: [UInt16] {
    guard channels != 3 else { return values }
    var result = [UInt16]()
    result.reserveCapacity(3 * size.pixelCount)
    for start in stride(from: 0, to: values.count, by: channels) {
      let isGrey = channels < 3
      result.append(values[start])
      result.append(values[isGrey ? start : start + 1])
      result.append(values[isGrey ? start : start + 2])
    }
    return result
  }

  /// Colours with alpha, opaque where the picture has none.
  var rgba16: [UInt16] {
    guard channels != 4 else { return values }
    var result = [UInt16]()
    result.reserveCapacity(4 * size.pixelCount)
    for start in stride(from: 0, to: values.count, by: channels) {
      let isGrey = channels < 3
      result.append(values[start])
      result.append(values[isGrey ? start : start + 1])
      result.append(values[isGrey ? start : start + 2])
      result.append(hasAlpha ? values[start + channels - 1] : 65535)
    }
    return result
  }

  /// The same with eight bits a channel.
  var rgba8: [UInt8] { rgba16.map(\.eightBits) }
}

extension UnpackedPicture {
  /// Looks every index up.
  fileprivate init(_ indices: PaletteIndices, size: PixelSize) {
    var values = [UInt16]()
    values.reserveCapacity(4 * size.pixelCount)
    for index in indices.values {
      let colour = indices.colours[Int(index)]
      for shift in [16, 8, 0, 24] as [UInt32] { values.append(UInt16(colour >> shift & 255) * 257) }
    }
    self.init(channels: 4, size: size, values: values)
  }
}

/// The indices of a palette picture, before any look-up.
struct PaletteIndices {
  var values: [UInt8]
  /// 256 colours as 0xAARRGGBB.
  var colours: [UInt32]

  init?(_ picture: Picture) {
    guard picture.format == AV_PIX_FMT_PAL8, let palette = picture.av.pointee.data.1 else { return nil }
    colours = palette.withMemoryRebound(to: UInt32.self, capacity: 256) {
      Array(UnsafeBufferPointer(start: $0, count: 256))
    }
    var indices = [UInt8]()
    indices.reserveCapacity(picture.size.pixelCount)
    picture.withRows(of: UInt8.self) { _, row in
      indices.append(contentsOf: UnsafeBufferPointer(start: row, count: picture.size.width))
    }
    values = indices
  }
}

extension UInt16 {
  /// The nearest 8-bit value: the inverse of `257 * v`.
  var eightBits: UInt8 { UInt8((UInt32(self) + 128) / 257) }
}

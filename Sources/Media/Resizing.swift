import CFFmpeg

extension Frame {
  /// The frame at another size: bilinear, averaging over the covered pixels where it shrinks.
  ///
  /// Each channel is scaled for itself, so no colour conversion touches the values.
  /// - Throws: `MediaError.badSize` where no picture can have this size.
  public func resized(to target: PixelSize) throws -> Frame {
    guard Limits.accepts(target) else { throw MediaError.badSize(target) }
    guard target != size else { return self }
    let native = Scaler.Kind(size: size, format: Self.greyFormat)
    let scaler = try Scaler(from: native, to: Scaler.Kind(size: target, format: Self.greyFormat))
    var result = Frame(size: target)
    for channel in 0..<3 {
      let plane = try Picture(size: size, format: Self.greyFormat)
      plane.withRows(of: UInt16.self) { y, row in
        let start = 3 * y * size.width + channel
        for x in 0..<size.width { row[x] = pixels[start + 3 * x] }
      }
      try scaler.convert(plane).withRows(of: UInt16.self) { y, row in
        let start = 3 * y * target.width + channel
        for x in 0..<target.width { result.pixels[start + 3 * x] = row[x] }
      }
    }
    return result
  }

  /// 16 bits of grey in this machine's byte order.
  private static var greyFormat: AVPixelFormat {
    Int(littleEndian: 1) == 1 ? AV_PIX_FMT_GRAY16LE : AV_PIX_FMT_GRAY16BE
  }
}

extension Mask {
  /// The mask at another size: each pixel takes the value under its centre.
  /// - Throws: `MediaError.badSize` where no picture can have this size.
  public func resized(to target: PixelSize) throws -> Mask {
    guard Limits.accepts(target) else { throw MediaError.badSize(target) }
    guard target != size else { return self }
    let columns = (0..<target.width).map { (2 * $0 + 1) * size.width / (2 * target.width) }
    var result = [UInt8]()
    result.reserveCapacity(target.pixelCount)
    for y in 0..<target.height {
      let start = (2 * y + 1) * size.height / (2 * target.height) * size.width
      for column in columns { result.append(values[start + column]) }
    }
    return Mask(size: target, values: result)
  }
}

extension FlowField {
  /// The flow at another size: bilinear between the pixel centres, x scaled by the ratio of the widths, y by that of
  /// the heights, so that it is in pixels of the new size.
  /// - Throws: `MediaError.badSize` where no picture can have this size.
  public func resized(to target: PixelSize) throws -> FlowField {
    guard Limits.accepts(target) else { throw MediaError.badSize(target) }
    guard target != size else { return self }
    let columns = Self.taps(from: size.width, to: target.width)
    let rows = Self.taps(from: size.height, to: target.height)
    let scaleX = Float(target.width) / Float(size.width)
    let scaleY = Float(target.height) / Float(size.height)
    var result = [Float]()
    result.reserveCapacity(2 * target.pixelCount)
    vectors.withUnsafeBufferPointer { source in
      for row in rows {
        for column in columns {
          for component in 0..<2 {
            func value(_ x: Int, _ y: Int) -> Float { source[2 * (y * size.width + x) + component] }
            let above = value(column.low, row.low) * (1 - column.weight) + value(column.high, row.low) * column.weight
            let below = value(column.low, row.high) * (1 - column.weight) + value(column.high, row.high) * column.weight
            result.append((component == 0 ? scaleX : scaleY) * (above * (1 - row.weight) + below * row.weight))
          }
        }
      }
    }
    return FlowField(size: target, vectors: result)
  }

  /// For each new position the two old ones around it and the weight of the second; clamped at the borders.
  private static func taps(from old: Int, to new: Int) -> [(low: Int, high: Int, weight: Float)] {
    (0..<new).map { index in
      let position = (Float(index) + 0.5) * Float(old) / Float(new) - 0.5
      let clamped = min(max(position, 0), Float(old - 1))
      let low = Int(clamped)
      return (low, min(low + 1, old - 1), clamped - Float(low))
    }
  }
}

import Media

/// Frames brought to a small size by averaging, in plain arithmetic that is the same everywhere.
enum AreaAverage {
  /// Interleaved RGB in [0, 1]: each pixel the mean of those that it covers, at least one.
  static func frame(_ frame: Frame, _ target: PixelSize) -> [Float] {
    let columns = spans(frame.size.width, target.width)
    let rows = spans(frame.size.height, target.height)
    var result: [Float] = []
    result.reserveCapacity(3 * target.pixelCount)
    frame.pixels.withUnsafeBufferPointer { pixels in
      for row in rows {
        for column in columns {
          var sums = (0, 0, 0)
          for y in row {
            for x in column {
              let pixel = 3 * (y * frame.size.width + x)
              sums.0 += Int(pixels[pixel])
              sums.1 += Int(pixels[pixel + 1])
              sums.2 += Int(pixels[pixel + 2])
            }
          }
          let factor = Frame.unit / Float(row.count * column.count)
          result += [Float(sums.0) * factor, Float(sums.1) * factor, Float(sums.2) * factor]
        }
      }
    }
    return result
  }

  private static func spans(_ old: Int, _ new: Int) -> [Range<Int>] {
    (0..<new).map { index in
      let begin = min(index * old / new, old - 1)
      return begin..<max(begin + 1, (index + 1) * old / new)
    }
  }
}

/// Brightness of interleaved RGB (the weights of BT.709, on the stored values).
enum Brightness {
  static func of(_ picture: [Float], _ pixel: Int) -> Float {
    0.2126 * picture[3 * pixel] + 0.7152 * picture[3 * pixel + 1] + 0.0722 * picture[3 * pixel + 2]
  }
}

import Media

/// What a mask says of opacity: a mask has hard edges, an object's edge lies anywhere in a pixel and is blurred by the
/// lens. So the pixels next to a mask's edge get a share of their neighbours, weighted 1 2 1 along x and along y, but stay
/// on their own side of one half: a quarter at most, or three quarters at least.
enum SoftEdges {
  /// The values of a straight edge, in 255ths; a thin part of an object gets no less, or it would be lost.
  private static let (outside, inside): (UInt8, UInt8) = (64, 191)

  /// One byte a pixel, 255 is opaque.
  static func of(_ mask: Mask) -> [UInt8] {
    let (width, height) = (mask.size.width, mask.size.height)
    func blurred(_ values: [Int], along step: Int, _ position: (Int) -> Int, length: Int) -> [Int] {
      values.indices.map { pixel in
        let place = position(pixel)
        return 2 * values[pixel] + values[place > 0 ? pixel - step : pixel]
          + values[place < length - 1 ? pixel + step : pixel]
      }
    }
    let rows = blurred(
      mask.values.map { $0 > Mask.threshold ? 255 : 0 }, along: 1, { $0 % width }, length: width)
    let sums = blurred(rows, along: width, { $0 / width }, length: height)
    return mask.values.indices.map { pixel in
      let mean = UInt8((sums[pixel] + 8) / 16)
      return mask.values[pixel] > Mask.threshold ? max(mean, inside) : min(mean, outside)
    }
  }
}

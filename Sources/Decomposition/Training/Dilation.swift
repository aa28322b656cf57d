import Media

/// Which pixels are near others, one byte a pixel: 1 or 0.
enum Dilation {
  /// Pixels at most `reach` along x and along y from one at which `isSet` says yes of the mask's value.
  static func of(_ mask: Mask, reach: Int, isSet: (UInt8) -> Bool) -> [UInt8] {
    let (width, height) = (mask.size.width, mask.size.height)
    var region = mask.values.map { isSet($0) ? UInt8(1) : 0 }
    for y in 0..<height { widen(&region, start: y * width, step: 1, count: width, reach: reach) }
    for x in 0..<width { widen(&region, start: x, step: width, count: height, reach: reach) }
    return region
  }

  /// Sets what lies within `reach` of a set value on a line.
  private static func widen(_ values: inout [UInt8], start: Int, step: Int, count: Int, reach: Int) {
    var next = 0
    let line = (0..<count).filter { values[start + $0 * step] != 0 }
    for position in line {
      for near in max(next, position - reach)..<max(next, min(count, position + reach + 1)) {
        values[start + near * step] = 1
      }
      next = max(next, min(count, position + reach + 1))
    }
  }
}

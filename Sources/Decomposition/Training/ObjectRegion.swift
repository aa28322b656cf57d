import Media

/// Where an object can be: within a margin of its mask, frame by frame. Outside, a foreground's networks need to be
/// looked at only now and then; an object covers a small part of most frames.
struct ObjectRegion: Sendable {
  private let width: Int
  /// One byte a pixel and frame; nil: everywhere.
  private let inside: [[UInt8]]?

  /// - Parameter margin: as a share of the frame's longer side, along x and along y; 1 and more: everywhere.
  init(_ masks: [Mask], margin: Float) {
    width = masks.first?.size.width ?? 0
    guard margin < 1 else {
      inside = nil
      return
    }
    inside = masks.map { mask in
      let reach = Int((margin * Float(mask.size.longSide)).rounded())
      let (width, height) = (mask.size.width, mask.size.height)
      var region = mask.values.map { $0 > Mask.threshold ? UInt8(1) : 0 }
      for y in 0..<height { Self.widen(&region, start: y * width, step: 1, count: width, reach: reach) }
      for x in 0..<width { Self.widen(&region, start: x, step: width, count: height, reach: reach) }
      return region
    }
  }

  func contains(x: Int, y: Int, frame: Int) -> Bool {
    inside.map { $0[frame][y * width + x] != 0 } ?? true
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

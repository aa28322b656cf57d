import Media

/// Where an object can be: within a margin of its mask, frame by frame. Outside, a foreground's networks need to be
/// looked at only now and then; an object covers a small part of most frames. And where its mask says nothing about its
/// opacity: next to the mask's edge, which lies between two pixels while real edges do not.
struct ObjectRegion: Sendable {
  private let width: Int
  /// Bits of `near` and `border`, one byte a pixel and frame.
  private let states: [[UInt8]]

  private static let near: UInt8 = 1
  private static let border: UInt8 = 2

  /// - Parameters:
  ///   - margin: as a share of the frame's longer side, along x and along y; 1 and more: everywhere.
  ///   - border: pixels on each side of the mask's edge that count as its border; 0: none.
  init(_ masks: [Mask], margin: Float, border: Int) {
    width = masks.first?.size.width ?? 0
    states = masks.map { mask in
      let reach = Int((margin * Float(mask.size.longSide)).rounded())
      var states =
        margin < 1
        ? Dilation.of(mask, reach: reach) { $0 > Mask.threshold }
        : [UInt8](repeating: Self.near, count: mask.size.pixelCount)
      guard border > 0 else { return states }
      // A border of n pixels a side: inside, at most n from the outside; outside, at most n from the inside.
      let fromInside = Dilation.of(mask, reach: border) { $0 > Mask.threshold }
      let fromOutside = Dilation.of(mask, reach: border) { $0 <= Mask.threshold }
      for pixel in states.indices where fromInside[pixel] != 0 && fromOutside[pixel] != 0 {
        states[pixel] |= Self.border
      }
      return states
    }
  }

  func contains(x: Int, y: Int, frame: Int) -> Bool { states[frame][y * width + x] & Self.near != 0 }
  func isBorder(x: Int, y: Int, frame: Int) -> Bool { states[frame][y * width + x] & Self.border != 0 }
}

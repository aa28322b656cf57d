import Media

/// A frame with its objects to look at: each tinted in a colour of its own with a bright outline, the rest darker.
enum MaskOverlay {
  /// Red, green, blue of the objects in turn, 16 bits.
  private static let colours: [[Int]] = [
    [0xFF00, 0x3000, 0x3000], [0x2000, 0xC000, 0xFF00], [0xFF00, 0xD000, 0x1000], [0x5000, 0xFF00, 0x4000],
    [0xE000, 0x40F0, 0xFF00], [0xFF00, 0x9000, 0x1000],
  ]

  static func picture(of frame: Frame, masks: [Mask]) -> Frame {
    var result = frame
    let width = frame.size.width
    for pixel in 0..<frame.size.pixelCount {
      guard let object = masks.firstIndex(where: { $0.values[pixel] > Mask.threshold }) else {
        for place in 3 * pixel..<3 * pixel + 3 { result.pixels[place] = UInt16(Int(frame.pixels[place]) * 5 / 8) }
        continue
      }
      let isInside = { (place: Int) in masks[object].values[place] > Mask.threshold }
      let x = pixel % width
      let isOutline =
        (x > 0 && !isInside(pixel - 1)) || (x + 1 < width && !isInside(pixel + 1))
        || (pixel >= width && !isInside(pixel - width))
        || (pixel + width < frame.size.pixelCount && !isInside(pixel + width))
      let colour = colours[object % colours.count]
      for channel in 0..<3 {
        let place = 3 * pixel + channel
        result.pixels[place] = UInt16(
          isOutline ? colour[channel] : (2 * Int(frame.pixels[place]) + colour[channel]) / 3)
      }
    }
    return result
  }
}

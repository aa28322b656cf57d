import Foundation
import Media

/// Pictures with a texture that is known at every real position, so that moved copies are exact.
enum TestPictures {
  /// A smooth texture without repetition within a test picture, in [0, 1].
  static func texture(_ x: Double, _ y: Double, seed: Double = 0) -> Double {
    let waves = [(0.31, 0.17, 1.0), (-0.13, 0.29, 2.1), (0.53, -0.41, 0.3), (0.071, 0.043, 4.0), (-0.23, 0.61, 5.2)]
    return waves.reduce(0.5) { $0 + 0.09 * sin($1.0 * x + $1.1 * y + $1.2 + 7 * seed) }
  }

  /// A grey frame whose brightness in [0, 1] at pixel (x, y) is `brightness(x, y)`.
  static func frame(_ size: PixelSize, _ brightness: (Double, Double) -> Double) -> Frame {
    var frame = Frame(size: size)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let value = UInt16((min(1, max(0, brightness(Double(x), Double(y)))) * 65535).rounded())
        for channel in 0..<3 { frame.pixels[3 * (y * size.width + x) + channel] = value }
      }
    }
    return frame
  }

  /// A clip in which a textured disc moves right by `speed` pixels a frame before a background that moves left by one,
  /// with the disc's exact masks.
  static func movingDisc(_ size: PixelSize, frames: Int, speed: Double = 3) -> (clip: Clip, masks: [Mask]) {
    let radius = Double(size.height) / 5
    let centre = { (t: Int) in (x: Double(size.width) / 3 + speed * Double(t), y: Double(size.height) / 2) }
    func inside(_ x: Double, _ y: Double, _ t: Int) -> Bool {
      hypot(x - centre(t).x, y - centre(t).y) < radius
    }
    let pictures = (0..<frames).map { t in
      frame(size) { x, y in
        inside(x, y, t)
          ? 0.4 + 0.6 * texture(x - speed * Double(t), y, seed: 1) : 0.7 * texture(x + Double(t), y, seed: 2)
      }
    }
    let masks = (0..<frames).map { t in
      Mask(
        size: size,
        values: (0..<size.pixelCount).map {
          inside(Double($0 % size.width), Double($0 / size.width), t) ? 255 : 0
        })
    }
    let clip = Clip(
      name: "disc", frames: pictures, frameRate: FrameRate(numerator: 25, denominator: 1), sourceFrames: 0..<frames)
    return (clip, masks)
  }

  /// Intersection over union of two masks.
  static func overlap(_ a: Mask, _ b: Mask) -> Double {
    var both = 0
    var either = 0
    for (x, y) in zip(a.values, b.values) {
      if x > Mask.threshold && y > Mask.threshold { both += 1 }
      if x > Mask.threshold || y > Mask.threshold { either += 1 }
    }
    return either == 0 ? 1 : Double(both) / Double(either)
  }
}

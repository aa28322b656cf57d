import Decomposition
import Media

/// A clip for timing: noise with an object in the middle. What is in it does not matter, only how much.
enum BenchClip {
  /// Pixels a frame in x and in y that the camera moves: far enough for residual patches to leave the frame.
  private static let pan: Float = 10

  static func make(size: PixelSize = PixelSize(width: 768, height: 432), frames: Int = 16) throws -> TrainingClip {
    var state: UInt64 = 1
    let pictures = (0..<frames).map { _ in
      Frame(
        size: size,
        pixels: (0..<size.pixelCount * 3).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return UInt16(truncatingIfNeeded: state >> 48)
        })
    }
    let mask = Mask(
      size: size,
      values: (0..<size.pixelCount).map { pixel in
        let x = Double(pixel % size.width) / Double(size.width) - 0.5
        let y = Double(pixel / size.width) / Double(size.height) - 0.5
        return x * x + y * y < 0.05 ? 255 : 0
      })
    let ones = [UInt8](repeating: 1, count: size.pixelCount)
    let pair = FlowPair(
      forward: field(size, pan), backward: field(size, -pan), forwardValid: ones, backwardValid: ones)
    return try TrainingClip(
      frames: pictures, objects: [ObjectMasks(name: "foreground", masks: Array(repeating: mask, count: frames))],
      flow: Array(repeating: pair, count: frames - 1),
      motion: [
        [Homography](repeating: .identity, count: frames),
        (0..<frames).map { Homography([1, 0, -Double(pan) * Double($0), 0, 1, -Double(pan) * Double($0), 0, 0, 1]) },
      ])
  }

  private static func field(_ size: PixelSize, _ displacement: Float) -> FlowField {
    FlowField(size: size, vectors: [Float](repeating: displacement, count: size.pixelCount * 2))
  }
}

import Media
import Testing

@testable import Perception

@Suite struct ColourModelTests {
  /// A red square on green ground, known but for its right third: its colour says that this belongs to it, too.
  @Test func colourSettlesWhatIsDoubtful() throws {
    let size = PixelSize(width: 96, height: 72)
    func isOnObject(_ x: Int, _ y: Int) -> Bool { (30..<60).contains(x) && (20..<50).contains(y) }
    let pixels = (0..<size.pixelCount).flatMap { pixel in
      isOnObject(pixel % size.width, pixel / size.width) ? [52000, 8000, 8000] : [8000, 40000, 8000] as [UInt16]
    }
    let scene = try MaskScene([Frame(size: size, pixels: pixels)], flow: [])
    let known = SoftMap(
      size: scene.size,
      values: (0..<scene.size.pixelCount).map { pixel in
        let (x, y) = (pixel % size.width, pixel / size.width)
        return !isOnObject(x, y) ? 0.05 : x < 50 ? 0.95 : 0.5
      })
    #expect(scene.size == size)
    let colours = try #require(try ColourModel([known], in: scene))
    let map = try colours.applied(to: [known], weight: 0.5, in: scene)[0]
    func value(_ x: Int, _ y: Int) -> Float { map.values[y * size.width + x] }
    #expect(value(55, 35) > 0.75 && value(40, 35) > 0.95 && value(10, 35) < 0.05, "\(value(55, 35))")
    #expect(try ColourModel([SoftMap(size: size, values: known.values.map { _ in 0 })], in: scene) == nil)
  }
}

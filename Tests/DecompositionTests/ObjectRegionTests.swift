import Media
import Testing

@testable import Decomposition

@Suite struct ObjectRegionTests {
  private func mask(_ points: [(Int, Int)], width: Int = 40, height: Int = 20) -> Mask {
    var mask = Mask(
      size: PixelSize(width: width, height: height), values: [UInt8](repeating: 0, count: width * height))
    for (x, y) in points { mask.values[y * width + x] = 255 }
    return mask
  }

  @Test func reachesTheMarginAndNoFurther() {
    // A tenth of the longer side: 4 pixels.
    let region = ObjectRegion([mask([(10, 10), (12, 10), (39, 0)]), mask([])], margin: 0.1, border: 0)
    for y in 0..<20 {
      for x in 0..<40 {
        let near = (6...16).contains(x) && (6...14).contains(y) || x >= 35 && y <= 4
        #expect(region.contains(x: x, y: y, frame: 0) == near, "(\(x), \(y))")
        #expect(!region.contains(x: x, y: y, frame: 1))
      }
    }
  }

  @Test func aMarginOfOneIsEverywhere() {
    #expect(ObjectRegion([mask([])], margin: 1, border: 1).contains(x: 3, y: 3, frame: 0))
  }

  @Test func theBorderIsOnBothSidesOfAnEdge() {
    let square = (5...14).flatMap { x in (5...14).map { (x, $0) } }
    let region = ObjectRegion([mask(square), mask([])], margin: 0.1, border: 2)
    for y in 0..<20 {
      for x in 0..<40 {
        let outer = (3...16).contains(x) && (3...16).contains(y)
        let inner = (7...12).contains(x) && (7...12).contains(y)
        #expect(region.isBorder(x: x, y: y, frame: 0) == (outer && !inner), "(\(x), \(y))")
        #expect(!region.isBorder(x: x, y: y, frame: 1))
      }
    }
    #expect(!ObjectRegion([mask(square)], margin: 0.1, border: 0).isBorder(x: 5, y: 5, frame: 0))
  }
}

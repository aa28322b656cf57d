import Testing

@testable import Decomposition

@Suite struct QuickQualityTests {
  /// Frames of 135x240, 167 of them: a step of 135 would look at the first column alone.
  @Test func pixelsFallIntoAllColumns() {
    for (width, height, frames) in [(135, 240, 167), (768, 432, 16), (96, 64, 5), (8, 8, 2)] {
      let total = width * height * frames
      let step = QuickQuality.step(total, width: width)
      let columns = Set(stride(from: 0, to: total, by: step).map { $0 % width })
      #expect(columns.count == width && total / step <= 40_000, "\(width)")
      #expect(total < 40_000 || total / step > 30_000, "\(width)")
    }
  }
}

import Media
import Testing

@Suite struct ResizingTests {
  @Test func sameSizeIsUntouched() throws {
    let frame = Pattern.frame(PixelSize(width: 9, height: 5))
    #expect(try frame.resized(to: frame.size) == frame)
  }

  @Test(arguments: [PixelSize(width: 7, height: 4), PixelSize(width: 64, height: 40), PixelSize(width: 1, height: 1)])
  func aConstantStaysConstant(target: PixelSize) throws {
    let source = PixelSize(width: 20, height: 12)
    for values in [[0, 0, 0], [65535, 65535, 65535], [257, 32768, 60001]] as [[UInt16]] {
      let frame = Frame(size: source, pixels: (0..<source.pixelCount).flatMap { _ in values })
      let resized = try frame.resized(to: target)
      #expect(resized.size == target)
      for (index, value) in resized.pixels.enumerated() {
        #expect(abs(Int(value) - Int(values[index % 3])) <= 4)
      }
    }
  }

  @Test func halvingAverages() throws {
    // A ramp stays a ramp: bilinear filters keep linear functions away from the borders.
    let source = PixelSize(width: 64, height: 4)
    let pixels = (0..<source.pixelCount).flatMap { Array(repeating: UInt16($0 % 64 * 1000), count: 3) }
    let half = try Frame(size: source, pixels: pixels).resized(to: PixelSize(width: 32, height: 2))
    for x in 4..<28 { #expect(abs(Int(half.pixels[3 * x]) - (x * 2000 + 500)) <= 20) }
  }

  @Test func masksTakeTheNearestPixel() throws {
    let mask = Mask(size: PixelSize(width: 2, height: 2), values: [0, 255, 255, 0])
    #expect(
      try mask.resized(to: PixelSize(width: 4, height: 2)).values == [0, 0, 255, 255, 255, 255, 0, 0])
    #expect(try mask.resized(to: PixelSize(width: 1, height: 1)).values == [0])
    let wide = Mask(size: PixelSize(width: 6, height: 1), values: [1, 2, 3, 4, 5, 6])
    #expect(try wide.resized(to: PixelSize(width: 2, height: 1)).values == [2, 5])
  }

  @Test func flowIsInPixelsOfItsNewSize() throws {
    let source = PixelSize(width: 8, height: 6)
    let flow = FlowField(size: source, vectors: (0..<source.pixelCount).flatMap { _ in [3, -2] as [Float] })
    let resized = try flow.resized(to: PixelSize(width: 16, height: 18))
    for index in 0..<16 * 18 { #expect(resized.vectors[2 * index] == 6 && resized.vectors[2 * index + 1] == -6) }
    // Between the centres of two pixels it is interpolated, beyond them constant.
    let pair = FlowField(size: PixelSize(width: 2, height: 1), vectors: [0, 0, 8, 0])
    #expect(try pair.resized(to: PixelSize(width: 4, height: 1)).vectors == [0, 0, 4, 0, 12, 0, 16, 0])
  }

  @Test func impossibleSizesAreRefused() throws {
    let size = PixelSize(width: 4, height: 4)
    for bad in [PixelSize(width: 0, height: 4), PixelSize(width: 4, height: -1), PixelSize(width: .max, height: .max)] {
      #expect(throws: MediaError.badSize(bad)) { try Pattern.frame(size).resized(to: bad) }
      #expect(throws: MediaError.badSize(bad)) { try Pattern.mask(size, from: 2).resized(to: bad) }
      #expect(throws: MediaError.badSize(bad)) { try Pattern.flow(size).resized(to: bad) }
    }
  }
}

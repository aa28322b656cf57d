import Media

extension RGBAImage {
  /// Two edits of one texture as one: this one over `below`, at the size of the larger.
  public func composited(over below: RGBAImage) -> RGBAImage {
    let side = max(size.width, below.size.width)
    var canvas = Canvas(below.enlarged(to: side))
    canvas.composite(enlarged(to: side), opacity: 1, x: 0, y: 0)
    return canvas.image
  }

  /// A square picture with more pixels, bilinear between them.
  private func enlarged(to side: Int) -> RGBAImage {
    guard size.width != side else { return self }
    let sticker = Sticker(self)
    let scale = Float(size.width) / Float(side)
    var result = RGBAImage(size: PixelSize(width: side, height: side))
    for pixel in 0..<side * side {
      let (x, y) = ((Float(pixel % side) + 0.5) * scale - 0.5, (Float(pixel / side) + 0.5) * scale - 0.5)
      let colour = sticker.sample(
        x: min(max(x, 0), Float(size.width - 1)), y: min(max(y, 0), Float(size.height - 1)), footprint: 1)
      guard colour.w > 0 else { continue }
      for channel in 0..<3 {
        result.pixels[4 * pixel + channel] = UInt8(min(colour[channel] / colour.w, 1) * 255 + 0.5)
      }
      result.pixels[4 * pixel + 3] = UInt8(min(colour.w, 1) * 255 + 0.5)
    }
    return result
  }
}

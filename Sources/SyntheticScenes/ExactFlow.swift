import Media

extension [SyntheticLayer] {
  /// The exact motion between frames `frame` and `frame + 1`, both directions.
  func flow(size: PixelSize, frame: Int) -> FlowPair {
    let forward = flow(size: size, from: frame, to: frame + 1)
    let backward = flow(size: size, from: frame + 1, to: frame)
    return FlowPair(
      forward: forward.field, backward: backward.field, forwardValid: forward.valid, backwardValid: backward.valid)
  }

  /// Every pixel moves with the layer that has its largest share. Valid is where the target lies in the frame and shows
  /// the same layer: there, going back gives the pixel again.
  private func flow(size: PixelSize, from: Int, to: Int) -> (field: FlowField, valid: [UInt8]) {
    var vectors: [Float] = []
    var valid: [UInt8] = []
    vectors.reserveCapacity(2 * size.pixelCount)
    valid.reserveCapacity(size.pixelCount)
    let (right, bottom) = (Double(size.width - 1), Double(size.height - 1))
    for pixel in size.pixels {
      let index = visible(pixel, frame: from)
      let target = self[index].pixel(self[index].layerPoint(pixel, frame: from), frame: to)
      vectors.append(Float(target.x - pixel.x))
      vectors.append(Float(target.y - pixel.y))
      let inside = target.x >= 0 && target.y >= 0 && target.x <= right && target.y <= bottom
      valid.append(inside && visible(target, frame: to) == index ? 1 : 0)
    }
    return (FlowField(size: size, vectors: vectors), valid)
  }
}

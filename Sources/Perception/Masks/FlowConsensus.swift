import Media

/// Makes maps of neighbouring frames agree along the flow: a mistake in one frame is outvoted by its neighbours.
enum FlowConsensus {
  /// Each map averaged with those up to `radius` frames before and after, fetched along the flow where it is valid;
  /// a map k frames away counts 1 / (1 + k).
  static func average(_ maps: [SoftMap], flow: [FlowPair], radius: Int) throws -> [SoftMap] {
    try parallelMap(count: maps.count) { frame in
      var sum = maps[frame].values
      var weights = [Float](repeating: 1, count: sum.count)
      for direction in [-1, 1] {
        var path = FlowPath(size: maps[frame].size)
        for step in 1...max(1, radius) {
          let source = frame + direction * step
          guard maps.indices.contains(source) else { break }
          path.follow(flow[min(source, source - direction)], forward: direction > 0)
          path.accumulate(maps[source], weight: 1 / Float(1 + step), into: &sum, &weights)
        }
      }
      return SoftMap(size: maps[frame].size, values: zip(sum, weights).map { $0 / $1 })
    }
  }
}

/// Where the pixels of one frame are after following the flow for some frames.
private struct FlowPath {
  let size: PixelSize
  /// x, y of every pixel; x is not a number once the pixel is lost.
  var positions: [Float]

  init(size: PixelSize) {
    self.size = size
    positions = []
    positions.reserveCapacity(2 * size.pixelCount)
    for y in 0..<size.height {
      for x in 0..<size.width {
        positions.append(Float(x))
        positions.append(Float(y))
      }
    }
  }

  /// Takes one more step; pixels whose flow is not valid there, or that leave the frame, are lost.
  mutating func follow(_ pair: FlowPair, forward: Bool) {
    let flow = forward ? pair.forward.vectors : pair.backward.vectors
    let valid = forward ? pair.forwardValid : pair.backwardValid
    for pixel in 0..<size.pixelCount {
      guard let nearest = nearestPixel(pixel), valid[nearest] != 0 else {
        positions[2 * pixel] = .nan
        continue
      }
      positions[2 * pixel] += flow[2 * nearest]
      positions[2 * pixel + 1] += flow[2 * nearest + 1]
    }
  }

  /// Adds `weight` times the map at each pixel's position, and the weight.
  func accumulate(_ map: SoftMap, weight: Float, into sum: inout [Float], _ weights: inout [Float]) {
    map.values.withUnsafeBufferPointer { values in
      let sampler = BilinearSampler(values: values, size: size, channels: 1)
      for pixel in 0..<size.pixelCount where nearestPixel(pixel) != nil {
        sum[pixel] += weight * sampler.value(positions[2 * pixel], positions[2 * pixel + 1])
        weights[pixel] += weight
      }
    }
  }

  /// The index of the pixel nearest to a pixel's position, or nil outside the frame.
  private func nearestPixel(_ pixel: Int) -> Int? {
    let x = positions[2 * pixel] + 0.5
    let y = positions[2 * pixel + 1] + 0.5
    guard x >= 0, y >= 0, x < Float(size.width), y < Float(size.height) else { return nil }
    return Int(y) * size.width + Int(x)
  }
}

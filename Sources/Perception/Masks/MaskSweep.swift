import Media

/// Makes maps of all frames agree over time: what a frame's map says is averaged with what the frames before and after
/// carry to it, to pixels of like colour along the flow.
enum MaskSweep {
  /// How much the neighbour counts against the frame's own map where it can be trusted: a memory of about three frames.
  private static let memory: Float = 2.5

  /// With M_t a frame's map and T the carrying from its neighbour: `A_t = (M_t + 2.5 trust T(A_(t-1))) / (1 + 2.5 trust)`
  /// from the first frame to the last, the same from the last to the first, and the mean of both.
  static func smoothed(_ maps: [SoftMap], in scene: MaskScene) throws -> [SoftMap] {
    let sweeps = try parallelMap(count: 2) { direction in
      sweep(maps, in: scene, order: direction == 0 ? Array(maps.indices) : maps.indices.reversed())
    }
    return try parallelMap(count: maps.count) { frame in
      var map = sweeps[0][frame]
      map.mix(sweeps[1][frame]) { _, _ in 0.5 }
      return map
    }
  }

  private static func sweep(_ maps: [SoftMap], in scene: MaskScene, order: [Int]) -> [SoftMap] {
    var result = maps
    for (previous, frame) in zip(order, order.dropFirst()) {
      let way = scene.step(from: frame, to: previous).flow
      let (carried, trust) = scene.carry(result[previous], from: previous, to: frame, along: way)
      result[frame].mix(carried) { pixel, _ in memory * trust[pixel] / (1 + memory * trust[pixel]) }
    }
    return result
  }
}

extension SoftMap {
  /// Moves every value towards `other`'s by a share.
  mutating func mix(_ other: SoftMap, share: (_ pixel: Int, _ value: Float) -> Float) {
    other.values.withUnsafeBufferPointer { other in
      values.withUnsafeMutableBufferPointer { values in
        for pixel in values.indices { values[pixel] += share(pixel, values[pixel]) * (other[pixel] - values[pixel]) }
      }
    }
  }
}

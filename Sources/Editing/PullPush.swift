import Media

/// Fills in what is unknown of a plane from what is known around it: near the known smoothly on, far away its mean
/// (Gortler et al. 1996, "The Lumigraph", section 3.2).
enum PullPush {
  /// - Parameters:
  ///   - values: of the known pixels; others do not matter.
  ///   - weights: in [0, 1]; 1 keeps a value exactly.
  static func filled(_ values: [Float], weights: [Float], size: PixelSize) -> [Float] {
    guard size.pixelCount > 1 else { return values }
    let small = PixelSize(width: (size.width + 1) / 2, height: (size.height + 1) / 2)
    var (sums, parts) = ([Float](repeating: 0, count: small.pixelCount), [Float](repeating: 0, count: small.pixelCount))
    for y in 0..<size.height {
      for x in 0..<size.width {
        let (from, to) = (y * size.width + x, y / 2 * small.width + x / 2)
        sums[to] += weights[from] * values[from]
        parts[to] += weights[from]
      }
    }
    for index in sums.indices where parts[index] > 0 {
      sums[index] /= parts[index]
      parts[index] = min(1, parts[index])
    }
    let coarse = filled(sums, weights: parts, size: small)
    var result = values
    for y in 0..<size.height {
      let row = between(y, small.height)
      for x in 0..<size.width {
        let index = y * size.width + x
        guard weights[index] < 1 else { continue }
        let column = between(x, small.width)
        func value(_ x: Int, _ y: Int) -> Float { coarse[y * small.width + x] }
        let above = value(column.low, row.low) * (1 - column.weight) + value(column.high, row.low) * column.weight
        let below = value(column.low, row.high) * (1 - column.weight) + value(column.high, row.high) * column.weight
        let smooth = above * (1 - row.weight) + below * row.weight
        result[index] = weights[index] * values[index] + (1 - weights[index]) * smooth
      }
    }
    return result
  }

  /// The two coarse pixels around a fine one.
  private static func between(_ fine: Int, _ count: Int) -> (low: Int, high: Int, weight: Float) {
    let position = min(max((Float(fine) + 0.5) / 2 - 0.5, 0), Float(count - 1))
    let low = Int(position)
    return (low, min(low + 1, count - 1), position - Float(low))
  }
}

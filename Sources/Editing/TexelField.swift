import Media

/// Values scattered over a square texture: weighted sums of some channels, a texel after the other.
struct TexelField: Sendable {
  let side: Int
  let channels: Int
  /// Sum of weight times value; `channels` values a texel, interleaved.
  var sums: [Float]
  /// Sum of weights; 0 where nothing landed.
  var weights: [Float]

  init(side: Int, channels: Int) {
    (self.side, self.channels) = (side, channels)
    sums = [Float](repeating: 0, count: side * side * channels)
    weights = [Float](repeating: 0, count: side * side)
  }

  /// The weighted mean of a channel; 0 where nothing landed.
  func mean(_ texel: Int, _ channel: Int) -> Float {
    weights[texel] > 0 ? sums[channels * texel + channel] / weights[texel] : 0
  }

  /// Gives texels where nothing landed the mean of those around them where something did, `rounds` texels deep, so that
  /// bilinear sampling at the border of a region does not mix in what is outside. Closes holes of up to twice that.
  /// - Returns: how many texels were filled.
  mutating func grow(rounds: Int) -> Int {
    var filled = 0
    for _ in 0..<rounds {
      var found: [(texel: Int, values: [Float])] = []
      for y in 0..<side {
        for x in 0..<side where weights[y * side + x] == 0 {
          var (values, count) = ([Float](repeating: 0, count: channels), Float(0))
          for row in max(0, y - 1)...min(side - 1, y + 1) {
            for column in max(0, x - 1)...min(side - 1, x + 1) where weights[row * side + column] > 0 {
              for channel in 0..<channels { values[channel] += mean(row * side + column, channel) }
              count += 1
            }
          }
          if count > 0 { found.append((y * side + x, values.map { $0 / count })) }
        }
      }
      for (texel, values) in found {
        // So little weight that what lands here later decides.
        weights[texel] = 1e-6
        for channel in 0..<channels { sums[channels * texel + channel] = values[channel] * 1e-6 }
      }
      filled += found.count
    }
    return filled
  }
}

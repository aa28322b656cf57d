/// Writes values into the levels of a grid that are indexed directly, so that what a network reads of them by its
/// `LinearReading` is near given outputs: a pyramid, coarse to fine, each level of what the ones before leave.
///
/// An entry becomes the mean of what is left around it, weighted as the grid interpolates.
public struct GridPainting {
  public let grid: HashGrid
  public let reading: LinearReading

  public init(grid: HashGrid, reading: LinearReading) { (self.grid, self.reading) = (grid, reading) }

  /// What an entry is pulled to 0 with, in points: few points far away say little.
  private static let shrinkage: Float = 0.5

  /// - Parameters:
  ///   - parameters: the model's buffer.
  ///   - input: coordinates in [0, 1], (dimensions) rows.
  ///   - target: the outputs that are wanted there, (outputs) rows; afterwards what is missing.
  public func paint(
    _ parameters: UnsafeMutablePointer<Float>, input: FeatureRows, target: FeatureRows, count: Int, kernels: Kernels
  ) {
    let features = HashGrid.featuresPerLevel
    let values = FeatureRows(features: features, capacity: count)
    let weights = FeatureRows(features: features, capacity: count)
    for m in 0..<count { weights[0][m] = 1 }
    for level in 0..<grid.denseLevels {
      let range = grid.range(level: level)
      let (sums, shares) = (AlignedBuffer(count: range.count), AlignedBuffer(count: range.count))
      let coefficients = reading.coefficients(level: level)
      values.zero(rows: 0..<features, count: count)
      for feature in 0..<features {
        for (output, factor) in coefficients[feature].enumerated() where factor != 0 {
          for m in 0..<count { values[feature][m] += factor * target[output][m] }
        }
      }
      grid.scatter(
        level: level, input: input, featureGradient: values.pointer, stride: values.stride, count: count,
        gradient: sums.pointer, kernels: kernels)
      grid.scatter(
        level: level, input: input, featureGradient: weights.pointer, stride: weights.stride, count: count,
        gradient: shares.pointer, kernels: kernels)
      for value in 0..<range.count {
        parameters[range.lowerBound + value] = sums[value] / (shares[value / features * features] + Self.shrinkage)
      }
      grid.encode(level: level, parameters, input: input, output: values, count: count, kernels: kernels)
      for (output, row) in reading.rows.enumerated() {
        for feature in 0..<features where row[features * level + feature] != 0 {
          let factor = row[features * level + feature]
          for m in 0..<count { target[output][m] -= factor * values[feature][m] }
        }
      }
    }
  }
}

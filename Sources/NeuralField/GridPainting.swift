/// Writes values into the levels of a grid, so that what a network reads of them by its `LinearReading` is near given
/// outputs: a pyramid, coarse to fine, each level of what the ones before leave.
///
/// An entry becomes the mean of what is left around it, weighted as the grid interpolates; an entry of a hashed level the
/// mean over all places that share it.
public struct GridPainting: Sendable {
  public let grid: HashGrid
  public let reading: LinearReading

  public init(grid: HashGrid, reading: LinearReading) { (self.grid, self.reading) = (grid, reading) }

  /// What an entry is pulled to 0 with, in points: few points far away say little.
  private static let shrinkage: Float = 0.5

  /// - Parameters:
  ///   - levels: how many of the grid's levels, from the coarsest.
  ///   - parameters: the model's buffer.
  ///   - input: coordinates in [0, 1], (dimensions) rows.
  ///   - target: the outputs that are wanted there, (outputs) rows; afterwards what is missing.
  public func paint(
    levels: Int, _ parameters: AlignedBuffer, input: FeatureRows, target: FeatureRows, count: Int,
    runner: LaneRunner, kernels: Kernels
  ) {
    let features = HashGrid.featuresPerLevel
    let values = FeatureRows(features: features, capacity: count)
    let ones = FeatureRows(features: features, capacity: count)
    for m in 0..<count { ones[0][m] = 1 }
    for level in 0..<levels {
      let range = grid.range(level: level)
      let (sums, shares) = (AlignedBuffer(count: range.count), AlignedBuffer(count: range.count))
      let coefficients = reading.coefficients(level: level)
      runner.run(sharing: count) { points in
        for feature in 0..<features {
          for m in points { values[feature][m] = 0 }
          for (output, factor) in coefficients[feature].enumerated() where factor != 0 {
            for m in points { values[feature][m] += factor * target[output][m] }
          }
        }
      }
      runner.run(chunks: 2) { _, half in
        let (rows, result) = half == 0 ? (values, sums) : (ones, shares)
        grid.scatter(
          level: level, input: input, featureGradient: rows.pointer, stride: rows.stride, count: count,
          gradient: result.pointer, kernels: kernels)
      }
      for value in 0..<range.count {
        parameters[range.lowerBound + value] = sums[value] / (shares[value / features * features] + Self.shrinkage)
      }
      runner.run(sharing: count) { points in
        grid.encode(level: level, parameters.pointer, input: input, output: values, points: points, kernels: kernels)
        for (output, row) in reading.rows.enumerated() {
          for feature in 0..<features where row[features * level + feature] != 0 {
            let factor = row[features * level + feature]
            for m in points { target[output][m] -= factor * values[feature][m] }
          }
        }
      }
    }
  }
}

import Media

/// How far a flow is from another one that is taken for the truth: the lengths of the differences of their vectors.
public struct EndPointError: Codable, Equatable, Sendable {
  /// The mean, in pixels.
  public var mean: Double
  /// The share of the pixels that are more than a pixel off, in [0, 1].
  public var aboveOnePixel: Double
  /// How many pixels were compared.
  public var pixels: Int

  /// Compares pairs of fields; nil where no pixel is known.
  /// - Precondition: the fields of a pair have one size.
  public init?(of fields: [FlowField], against truth: [MeasuredFlow]) {
    var (sum, above, count) = (0.0, 0, 0)
    for (field, truth) in zip(fields, truth) {
      precondition(field.size == truth.flow.size, "flow of \(field.size) against flow of \(truth.flow.size)")
      for pixel in truth.valid.indices where truth.valid[pixel] != 0 {
        let dx = field.vectors[2 * pixel] - truth.flow.vectors[2 * pixel]
        let dy = field.vectors[2 * pixel + 1] - truth.flow.vectors[2 * pixel + 1]
        let distance = Double(dx * dx + dy * dy).squareRoot()
        sum += distance
        if distance > 1 { above += 1 }
        count += 1
      }
    }
    guard count > 0 else { return nil }
    mean = sum / Double(count)
    aboveOnePixel = Double(above) / Double(count)
    pixels = count
  }
}

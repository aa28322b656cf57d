/// `(x - mean) / sqrt(variance + epsilon) * scale + shift` with mean and variance of each row of `[rows, columns]`.
public struct LayerNorm: Sendable {
  private let scale: [Float]
  private let shift: [Float]
  private let epsilon: Float

  /// - Parameter scale, shift: one value a column.
  public init(scale: [Float], shift: [Float], epsilon: Float) {
    precondition(scale.count == shift.count, "\(scale.count) factors and \(shift.count) offsets")
    (self.scale, self.shift, self.epsilon) = (scale, shift, epsilon)
  }

  /// - Precondition: both tensors have as many columns as the norm, and as many rows as each other.
  public func run(_ input: Tensor, into output: Tensor) {
    let columns = scale.count
    precondition(input.shape.last == columns && output.count == input.count, "\(input.shape) for \(columns) columns")
    for row in 0..<input.count / max(columns, 1) {
      let source = UnsafeBufferPointer(start: input.pointer + row * columns, count: columns)
      let target = UnsafeMutableBufferPointer(start: output.pointer + row * columns, count: columns)
      // Two passes over a row that is in the first-level cache; the mean first, so that nothing cancels.
      let mean = sum(source) { $0 } / Float(columns)
      let variance = sum(source) { ($0 - mean) * ($0 - mean) } / Float(columns)
      let factor = 1 / (variance + epsilon).squareRoot()
      scale.withUnsafeBufferPointer { scale in
        shift.withUnsafeBufferPointer { shift in
          for i in 0..<columns { target[i] = (source[i] - mean) * factor * scale[i] + shift[i] }
        }
      }
    }
  }

  /// The sum of a function of the values, in eight parts that the processor can add side by side.
  @inline(__always)
  private func sum(_ values: UnsafeBufferPointer<Float>, _ term: (SIMD8<Float>) -> SIMD8<Float>) -> Float {
    let whole = values.count / 8 * 8
    var parts = SIMD8<Float>.zero
    for i in stride(from: 0, to: whole, by: 8) {
      parts += term(UnsafeRawBufferPointer(values).loadUnaligned(fromByteOffset: 4 * i, as: SIMD8<Float>.self))
    }
    var rest = Float.zero
    for i in whole..<values.count { rest += term(SIMD8(repeating: values[i]))[0] }
    return parts.sum() + rest
  }
}

import COneDNN

/// A matrix inside memory that belongs to somebody else, row-major; heads of an attention layer are such parts.
public struct Matrix {
  let pointer: UnsafeMutablePointer<Float>
  let rows: Int
  let columns: Int
  let stride: Int

  /// - Parameters:
  ///   - stride: the distance between the beginnings of two rows, at least `columns`.
  public init(_ pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
    (self.pointer, self.rows, self.columns) = (pointer, rows, columns)
    self.stride = stride ?? columns
    precondition(self.stride >= columns, "rows of \(columns) at a distance of \(self.stride)")
  }
}

/// `c = scale a b`, or `scale a bᵀ`, on the calling thread.
/// - Precondition: the shapes fit; `c` overlaps neither operand.
/// - Throws: `InferenceError` where oneDNN has no memory.
public func multiply(
  _ a: Matrix, _ b: Matrix, transposed: Bool = false, scale: Float = 1, into c: Matrix
) throws(InferenceError) {
  let (depth, columns) = transposed ? (b.columns, b.rows) : (b.rows, b.columns)
  precondition(a.columns == depth && c.rows == a.rows && c.columns == columns, "shapes of a product")
  let status = conednn_multiply(
    0, transposed ? 1 : 0, a.rows, columns, depth, scale, a.pointer, a.stride, b.pointer, b.stride, 0, c.pointer,
    c.stride)
  try check(status, "multiply \(a.rows)x\(depth) by \(depth)x\(columns)")
}

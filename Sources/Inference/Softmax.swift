import COneDNN

/// `exp(x) / Σ exp(x)` along each row of `[rows, columns]`.
public struct Softmax: Sendable {
  private let layer: Layer

  /// - Throws: `InferenceError` where oneDNN has no memory.
  public init(rows: Int, columns: Int) throws(InferenceError) {
    layer = try Layer("take the softmax of \(rows) rows of \(columns)", from: [rows, columns], to: [rows, columns]) {
      conednn_make_softmax(Int32(rows), Int32(columns), $0)
    }
  }

  /// Normalises rows where they lie.
  public func normalise(_ rows: Tensor) throws(InferenceError) { try layer.run(rows, into: rows) }
}

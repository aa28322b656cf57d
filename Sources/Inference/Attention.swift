/// Attention of several heads over a sequence of tokens: `softmax(Q Kᵀ / sqrt(d)) V` for each head of `d` columns.
///
/// Queries, keys and values of all heads stand side by side in `[rows, 3 * width]`: the queries of every head, then the
/// keys, then the values. The work is cut into heads and blocks of rows, which may run on different threads.
public struct Attention: Sendable {
  private let softmax: Softmax
  private let tokens: Int
  private let width: Int
  private let heads: Int
  private let block: Int

  /// - Parameters:
  ///   - tokens: how many rows are keys and values; rows behind them are padding.
  ///   - block: how many rows of queries are worked on at a time.
  /// - Precondition: the heads divide the width.
  /// - Throws: `InferenceError` where oneDNN has no memory.
  public init(tokens: Int, width: Int, heads: Int, block: Int) throws(InferenceError) {
    precondition(heads > 0 && width % heads == 0, "\(heads) heads of \(width) columns")
    (self.tokens, self.width, self.heads, self.block) = (tokens, width, heads, block)
    softmax = try Softmax(rows: block, columns: tokens)
  }

  /// Memory for `run`, one for each thread.
  public func scratch() -> Tensor { Tensor([block, tokens]) }

  /// What one head reads for the block of queries that begins at `row`, written to the head's columns of `output`
  /// (`[rows, width]`).
  public func run(
    _ input: Tensor, head: Int, row: Int, scratch: Tensor, into output: Tensor
  ) throws(InferenceError) {
    let (columns, stride) = (width / heads, 3 * width)
    func part(_ kind: Int, row: Int, rows: Int) -> Matrix {
      Matrix(input.pointer + row * stride + kind * width + head * columns, rows: rows, columns: columns, stride: stride)
    }
    let weights = Matrix(scratch.pointer, rows: block, columns: tokens)
    try multiply(
      part(0, row: row, rows: block), part(1, row: 0, rows: tokens), transposed: true,
      scale: 1 / Float(columns).squareRoot(), into: weights)
    try softmax.normalise(scratch)
    let result = Matrix(output.pointer + row * width + head * columns, rows: block, columns: columns, stride: width)
    try multiply(weights, part(2, row: 0, rows: tokens), into: result)
  }
}

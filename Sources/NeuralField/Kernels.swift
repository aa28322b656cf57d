import CKernels

/// The table of numeric kernels that a computation uses: the best set this processor runs, or a chosen one.
public struct Kernels: @unchecked Sendable {
  let table: ck_kernels

  /// The set in use, chosen once (see `ck_active`).
  public static let active = Kernels(table: ck_active().pointee)
  /// Plain loops, the definition of every kernel.
  public static let reference = Kernels(table: ck_reference().pointee)

  /// `amx`, `avx512bf16`, `avx512`, `avx2`, `neon` or `portable`.
  public var name: String { String(cString: table.name) }

  /// y = tanh(x) over `count` values; x and y may be the same.
  public func tanh(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int) { table.tanh(count, x, y) }

  /// y = (tanh(x) + 1) / 2 over `count` values.
  public func sigmoid2(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int) {
    table.sigmoid2(count, x, y)
  }

  /// y = log(1 + exp(x)) over `count` values.
  public func softplus(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, count: Int) {
    table.softplus(count, x, y)
  }

  /// The adjoint of `softplus` at x: dx = dy / (1 + exp(-x)) = dy (tanh(x / 2) + 1) / 2 over `count` values.
  public func softplusBackward(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>, count: Int
  ) {
    for m in 0..<count { dx[m] = 0.5 * x[m] }
    sigmoid2(dx, dx, count: count)
    for m in 0..<count { dx[m] *= dy[m] }
  }
}

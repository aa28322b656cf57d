import CKernels

/// How the weights of an output head and their moments are stored. Arithmetic is in single precision.
public enum HeadPrecision: String, Codable, CaseIterable, Sendable {
  case single
  /// Half the memory; weights and second moments are rounded stochastically, so that small steps add up.
  case bfloat16

  public var byteCount: Int { self == .single ? 4 : 2 }
}

/// Values in one of the two precisions.
public final class HeadStorage: @unchecked Sendable {
  public let count: Int
  public let precision: HeadPrecision
  private let memory: AlignedBuffer

  /// All zero.
  public init(count: Int, precision: HeadPrecision) {
    (self.count, self.precision) = (count, precision)
    memory = AlignedBuffer(count: precision == .single ? count : (count + 1) / 2)
  }

  /// The values as they are stored.
  public var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: memory.pointer, count: count * precision.byteCount)
  }

  var single: UnsafeMutablePointer<Float> { memory.pointer }
  var half: UnsafeMutablePointer<UInt16> {
    UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: UInt16.self)
  }

  public subscript(index: Int) -> Float {
    get { precision == .single ? single[index] : Float(bitPattern: UInt32(half[index]) << 16) }
    set {
      if precision == .single { single[index] = newValue } else { half[index] = Self.nearest(newValue) }
    }
  }

  /// The bf16 number nearest to a value, ties to even.
  public static func nearest(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
  }
}

/// The output layer of a hypernetwork for one tensor: `y = W h + b` with W of shape (rows, columns).
public struct OutputHead: Sendable {
  public let rows: Int
  public let columns: Int
  public let weights: HeadStorage

  public init(rows: Int, columns: Int, precision: HeadPrecision) {
    (self.rows, self.columns) = (rows, columns)
    weights = HeadStorage(count: rows * columns, precision: precision)
  }

  /// Memory for a moment of Adam.
  public func makeMoment() -> HeadStorage { HeadStorage(count: weights.count, precision: weights.precision) }

  /// y of some rows, `y[n] = bias[n] + sum_k W[n][k] h[k]`.
  /// - Parameters:
  ///   - bias, output: the values of row 0.
  ///   - coefficients: h.
  public func forward(
    rows range: Range<Int>, bias: UnsafePointer<Float>, coefficients: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    let start = range.lowerBound
    switch weights.precision {
    case .single:
      kernels.table.head_forward(
        range.count, columns, weights.single + start * columns, bias + start, coefficients, output + start)
    case .bfloat16:
      kernels.table.head_forward_bf16(
        range.count, columns, weights.half + start * columns, bias + start, coefficients, output + start)
    }
  }

  /// One step of Adam on some rows with the gradient `sum_i dy_i h_i^T` over videos i, and what the rows contribute to the
  /// gradient of each h, in one pass.
  /// - Parameters:
  ///   - gradients: dy of each video, the value of row 0.
  ///   - coefficients: (videos, columns).
  ///   - coefficientGradient: (videos, columns); added to, `sum_n W[n][k] dy[n]` with the weights before the step.
  ///   - first, second: the moments.
  ///   - step: from 1.
  ///   - seed: of the random bits of rounding; each weight's depend on its place too, not on how rows are cut.
  public func update(
    rows range: Range<Int>, gradients: [UnsafePointer<Float>], coefficients: UnsafePointer<Float>,
    coefficientGradient: UnsafeMutablePointer<Float>, first: HeadStorage, second: HeadStorage,
    adam: AdamConfiguration, rate: Float, step: Int, seed: UInt32, kernels: Kernels
  ) {
    var constants = adam.constants(rate: rate, step: step)
    let pointers: [UnsafePointer<Float>?] = gradients.map { $0 + range.lowerBound }
    let start = range.lowerBound * columns
    switch weights.precision {
    case .single:
      kernels.table.head_update(
        range.count, columns, pointers.count, weights.single + start, first.single + start, second.single + start,
        pointers, coefficients, coefficientGradient, &constants)
    case .bfloat16:
      kernels.table.head_update_bf16(
        range.count, columns, pointers.count, weights.half + start, first.half + start, second.half + start, pointers,
        coefficients, coefficientGradient, &constants, seed &+ UInt32(truncatingIfNeeded: start))
    }
  }
}

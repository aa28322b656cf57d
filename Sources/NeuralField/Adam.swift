import CKernels
import Foundation

/// The constants of Adam (Kingma & Ba 2015).
public struct AdamConfiguration: Codable, Equatable, Sendable {
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float
  /// Whether values without any gradient are left alone, moments included (by cache lines of 16 values). An iteration
  /// touches few entries of a large hash table; the others then cost nothing.
  public var sparse: Bool

  public init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, sparse: Bool = false) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.sparse = sparse
  }

  /// Constants with which Adam is plain gradient descent: no means, a denominator of 1.
  public static let gradientDescent = AdamConfiguration(beta1: 0, beta2: 1, epsilon: 1)

  /// What the kernels take at `step` (from 1).
  func constants(rate: Float, step: Int) -> ck_adam {
    // With beta2 = 1 the second moment stays zero, and nothing is to be corrected.
    ck_adam(
      rate: rate, beta1: beta1, beta2: beta2, epsilon: epsilon, correction1: 1 / (1 - pow(beta1, Float(step))),
      correction2: beta2 < 1 ? 1 / (1 - pow(beta2, Float(step))).squareRoot() : 1, sparse: sparse ? 1 : 0)
  }
}

/// Adam over a flat parameter buffer, with a learning rate for each group of parameters.
public final class Adam: @unchecked Sendable {
  public let configuration: AdamConfiguration
  public let layout: ParameterLayout
  /// Running means of the gradient and of its square.
  public let firstMoment: AlignedBuffer
  public let secondMoment: AlignedBuffer
  /// Steps done so far.
  public var step = 0

  public init(_ configuration: AdamConfiguration, layout: ParameterLayout) {
    self.configuration = configuration
    self.layout = layout
    firstMoment = AlignedBuffer(count: layout.count)
    secondMoment = AlignedBuffer(count: layout.count)
  }

  /// Begins the next step; its parts can then be updated in any order and by several threads.
  public func beginStep() { step += 1 }

  /// Updates the parameters of `range`. Their gradient is the sum of `gradients`, which point at values for this range
  /// and are zeroed.
  public func update(
    _ parameters: AlignedBuffer, range: Range<Int>, gradients: [UnsafeMutablePointer<Float>], rate: Float,
    kernels: Kernels
  ) {
    precondition(range.lowerBound >= 0 && range.upperBound <= layout.count, "\(range) of \(layout.count) parameters")
    var constants = configuration.constants(rate: rate, step: step)
    let start = range.lowerBound
    var pointers: [UnsafeMutablePointer<Float>?] = gradients
    kernels.table.adam_step(
      range.count, parameters.pointer + start, firstMoment.pointer + start, secondMoment.pointer + start, &pointers,
      pointers.count, &constants)
  }
}

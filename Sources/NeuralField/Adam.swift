import CKernels
import Foundation

/// The constants of Adam (Kingma & Ba 2015).
public struct AdamConfiguration: Codable, Equatable, Sendable {
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float

  public init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
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

  /// One step. The gradient is the sum of `gradients` (one buffer a lane), which are zeroed; the work is cut into equal
  /// parts for the lanes of `runner`.
  public func update(
    _ parameters: AlignedBuffer, gradients: [AlignedBuffer], rates: [ParameterGroup: Float], runner: LaneRunner,
    kernels: Kernels
  ) {
    step += 1
    let correction1 = 1 / (1 - pow(configuration.beta1, Float(step)))
    let correction2 = 1 / (1 - pow(configuration.beta2, Float(step))).squareRoot()
    let ranges = layout.groupRanges
    runner.run { lane in
      let part = (layout.count / 16 * lane / runner.lanes * 16)..<(layout.count / 16 * (lane + 1) / runner.lanes * 16)
      for (group, whole) in ranges {
        let range = whole.clamped(to: part)
        guard !range.isEmpty, let rate = rates[group] else { continue }
        var constants = ck_adam(
          rate: rate, beta1: configuration.beta1, beta2: configuration.beta2, epsilon: configuration.epsilon,
          correction1: correction1, correction2: correction2)
        let start = range.lowerBound
        var pointers: [UnsafeMutablePointer<Float>?] = gradients.map { $0.pointer + start }
        kernels.table.adam_step(
          range.count, parameters.pointer + start, firstMoment.pointer + start, secondMoment.pointer + start,
          &pointers, pointers.count, &constants)
      }
    }
  }
}

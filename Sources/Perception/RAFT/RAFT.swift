import Foundation
import Media

/// RAFT (Teed and Deng, ECCV 2020): optical flow by a recurrent network that looks up correlations; small or large,
/// whichever the file holds.
///
/// Reads checkpoints of the original code and of torchvision. All arithmetic is 32-bit floating point on the calling
/// thread; a direction of a 768x432 pair takes about 0.9 s with the small network and 20 iterations.
public struct RAFT: Sendable {
  /// Iterations that HyperNVD uses.
  public static let defaultIterations = 20

  let weights: RAFTWeights
  /// At least 1. More are more exact: the mean distance to the answer after 32 is 0.12 px after 12, 0.07 px after 20.
  public let iterations: Int

  /// - Throws: `WeightsError` where the file is damaged or lacks a tensor of the network, `PerceptionError
  ///   .flowWeightsUnusable` where it holds another model.
  public init(contentsOf url: URL, iterations: Int = RAFT.defaultIterations) throws {
    precondition(iterations >= 1, "\(iterations) iterations")
    weights = try RAFTWeights(contentsOf: url)
    self.iterations = iterations
  }

  /// `raft-small` or `raft-large`.
  public var name: String { weights.architecture.name }

  /// The displacement of every pixel of `from` towards where it is in `to`, in pixels.
  /// - Throws: `PerceptionError.frameSizeDiffers`, `InferenceError`.
  public func flow(from: Frame, to: Frame) throws -> FlowField {
    guard to.size == from.size else {
      throw PerceptionError.frameSizeDiffers(frame: 1, size: to.size, expected: from.size)
    }
    let plan = try RAFTPlan(weights, size: from.size, iterations: iterations)
    return try plan.flow(from: plan.prepare(from), to: plan.prepare(to))
  }
}

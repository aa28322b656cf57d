import Media

/// Flow between all neighbouring frames of a clip, in both directions, with its validity.
public struct FlowEstimator: Sendable {
  private let method = DISOpticalFlow()

  public init() {}

  /// One pair for each two neighbouring frames (`frames.count - 1` in all), worked out on all cores.
  /// - Parameter progress: called on the calling thread with the pairs done and the pairs in all.
  /// - Throws: `PerceptionError` for fewer than two frames, frames of different sizes, frames too small.
  public func pairs(for frames: [Frame], progress: ((Int, Int) -> Void)? = nil) throws -> [FlowPair] {
    guard let first = frames.first, frames.count > 1 else { throw PerceptionError.tooFewFrames(frames.count) }
    for (index, frame) in frames.enumerated() where frame.size != first.size {
      throw PerceptionError.frameSizeDiffers(frame: index, size: frame.size, expected: first.size)
    }
    let grey = try parallelMap(count: frames.count) { GreyImage(frames[$0]) }
    return try parallelMap(count: frames.count - 1, progress: progress) { index in
      let forward = try method.flow(from: grey[index], to: grey[index + 1])
      let backward = try method.flow(from: grey[index + 1], to: grey[index])
      return FlowPair(
        forward: forward, backward: backward,
        forwardValid: FlowConsistency.validity(of: forward, against: backward),
        backwardValid: FlowConsistency.validity(of: backward, against: forward))
    }
  }
}

import Media

/// How optical flow is estimated.
public enum FlowMethod: Sendable {
  /// Dense inverse search: fast, without weights.
  case dis
  /// A pretrained network: a third more exact, some ten times slower.
  case raft(RAFT)
}

/// Flow between all neighbouring frames of a clip, in both directions, with its validity.
public struct FlowEstimator: Sendable {
  private let method: FlowMethod
  /// Frames whose prepared form is held at the same time.
  private static let block = 16

  public init(_ method: FlowMethod = .dis) { self.method = method }

  /// One pair for each two neighbouring frames (`frames.count - 1` in all), worked out on all cores.
  /// - Parameter progress: called on the calling thread with the pairs done and the pairs in all.
  /// - Throws: `PerceptionError` for fewer than two frames, frames of different sizes, frames too small;
  ///   `InferenceError` where a network cannot run.
  public func pairs(for frames: [Frame], progress: ((Int, Int) -> Void)? = nil) throws -> [FlowPair] {
    guard let first = frames.first, frames.count > 1 else { throw PerceptionError.tooFewFrames(frames.count) }
    for (index, frame) in frames.enumerated() where frame.size != first.size {
      throw PerceptionError.frameSizeDiffers(frame: index, size: frame.size, expected: first.size)
    }
    switch method {
    case .dis: return try pairs(for: frames, by: DISOpticalFlow(), progress: progress)
    case .raft(let raft):
      let plan = try RAFTPlan(raft.weights, size: first.size, iterations: raft.iterations)
      return try pairs(for: frames, by: plan, progress: progress)
    }
  }

  /// Works through the clip in blocks, so that only a block of frames is held in prepared form. The two directions of a
  /// pair are pieces of work of their own: a single pair keeps two cores busy.
  private func pairs<Method: FrameFlow>(
    for frames: [Frame], by method: Method, progress: ((Int, Int) -> Void)?
  ) throws -> [FlowPair] {
    var pairs: [FlowPair] = []
    var last: [Method.Prepared] = []
    for begin in stride(from: 0, to: frames.count - 1, by: Self.block) {
      let end = min(begin + Self.block, frames.count - 1)
      let fresh = begin + last.count
      let prepared = last + (try parallelMap(count: end + 1 - fresh) { try method.prepare(frames[fresh + $0]) })
      let fields = try parallelMap(count: 2 * (end - begin)) { done, _ in
        if done.isMultiple(of: 2) { progress?(begin + done / 2, frames.count - 1) }
      } _: { piece in
        let (from, to) = (prepared[piece / 2 + piece % 2], prepared[piece / 2 + 1 - piece % 2])
        return try method.flow(from: from, to: to)
      }
      pairs += try parallelMap(count: end - begin) { FlowPair(forward: fields[2 * $0], backward: fields[2 * $0 + 1]) }
      last = [prepared[end - begin]]
    }
    return pairs
  }
}

extension FlowPair {
  /// A pair whose trust follows from its two fields.
  public init(forward: FlowField, backward: FlowField) {
    self.init(
      forward: forward, backward: backward,
      forwardValid: FlowConsistency.validity(of: forward, against: backward),
      backwardValid: FlowConsistency.validity(of: backward, against: forward))
  }
}

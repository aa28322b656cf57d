import Media

/// What is known of each frame before a decision: what stands out (if there is a network) and what moves by itself.
struct MaskEvidence {
  let saliency: [SoftMap]?
  let motion: [SoftMap]

  /// One map a frame, the object where it is above 0.5.
  func combined(flow: [FlowPair]) throws -> [SoftMap] {
    try FlowConsensus.average(saliency ?? motion, flow: flow, radius: 2)
  }
}

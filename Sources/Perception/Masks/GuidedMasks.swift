import Media

/// The masks of objects that are known in some frames, followed through the whole clip.
public struct GuidedMasks: Sendable {
  public struct Object: Sendable {
    public var masks: ObjectMasks
    /// How far each frame's mask can be trusted, in [0, 1]; 1 where it was given.
    public var confidence: [Double]
  }

  private let automatic: AutomaticMasks

  /// - Parameter automatic: what finds objects by itself, as evidence beside the anchors.
  public init(evidenceFrom automatic: AutomaticMasks = AutomaticMasks()) {
    self.automatic = automatic
  }

  /// Follows every object from its anchors (`MaskPropagation`). A pixel that several objects claim belongs to the one
  /// that claims it most. A mask that was given for a frame stays as it is.
  /// - Parameters:
  ///   - flow: one pair for each two neighbouring frames (`FlowEstimator`).
  ///   - anchors: at least one an object, frames within the clip, masks of its size, boxes and points in its frames.
  ///   - base: masks that are roughly known, used as evidence instead of saliency and motion; an object without anchors
  ///     keeps them.
  ///   - progress: called on the calling thread with the frames done and the frames in all.
  /// - Returns: the objects of `base` first, in its order, then others in the order of their first anchors.
  /// - Throws: `PerceptionError` where an anchor does not fit, the model file is damaged, or counts do not fit.
  public func masks(
    for clip: Clip, flow: [FlowPair], anchors: [MaskAnchor], base: [ObjectMasks] = [],
    progress: ((Int, Int) -> Void)? = nil
  ) throws -> (objects: [Object], warnings: [String]) {
    try AutomaticMasks.check(clip, flow)
    for anchor in anchors { try anchor.check(clip) }
    let scene = try MaskScene(clip.frames, flow: flow)
    let found = base.isEmpty ? try automatic.evidence(for: clip, flow: flow, in: scene, progress: progress) : nil
    var names = base.map(\.name)
    for anchor in anchors where !names.contains(anchor.layer) { names.append(anchor.layer) }
    let estimates = try names.map { name in
      let own = base.first { $0.name == name }
      let evidence =
        try own.map { try $0.masks.map { try SoftMap($0).reduced(to: scene.size) } }
        ?? found?.maps ?? scene.colours.map { _ in SoftMap(size: scene.size, value: 0) }
      let mine = anchors.filter { $0.layer == name }
      guard !mine.isEmpty else { return (maps: evidence, confidence: evidence.map { _ in 1.0 }) }
      let known = try Dictionary(grouping: mine, by: \.frame).mapValues { group in
        try group.map { try $0.map(evidence: evidence[$0.frame], in: scene, full: clip.size) }.reduce(
          SoftMap(size: scene.size, value: 0)
        ) { $0.union($1) }
      }
      return try MaskPropagation(scene: scene, evidence: evidence, anchors: known).run()
    }
    let masks = try Self.masks(of: estimates.map(\.maps), size: clip.size)
    let objects = zip(names, estimates).enumerated().map { index, object in
      var own = masks[index]
      if !anchors.contains(where: { $0.layer == object.0 }), let given = base.first(where: { $0.name == object.0 }) {
        own = given.masks
      }
      for anchor in anchors where anchor.layer == object.0 {
        if case .mask(let mask) = anchor.shape { own[anchor.frame] = mask }
      }
      return Object(masks: ObjectMasks(name: object.0, masks: own), confidence: object.1.confidence)
    }
    return (objects, found?.warnings ?? [])
  }

  /// The maps of all objects as masks of the clip's size: each pixel belongs to the object that claims it most, if that
  /// is above one half.
  private static func masks(of maps: [[SoftMap]], size: PixelSize) throws -> [[Mask]] {
    let frames = try parallelMap(count: maps.first?.count ?? 0) { frame in
      let claims = try maps.map { try $0[frame].resized(to: size).values }
      return claims.indices.map { object in
        let others = claims.indices.filter { $0 != object }
        return Mask(
          size: size,
          values: claims[object].indices.map { pixel in
            let claim = claims[object][pixel]
            let isBest = others.allSatisfy { claim > claims[$0][pixel] || (claim == claims[$0][pixel] && object < $0) }
            return claim > 0.5 && isBest ? 255 : 0
          })
      }
    }
    return maps.indices.map { object in frames.map { $0[object] } }
  }
}

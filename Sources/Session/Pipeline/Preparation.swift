import Decomposition
import Foundation
import Media
import Perception

/// A clip with everything that training needs to know about it: flow, masks, and the motion of every layer.
struct Preparation {
  var clip: Clip
  var flow: [FlowPair]
  var objects: [ObjectMasks]
  /// Where the masks come from.
  var maskOrigin: String
  /// The motion of every layer to its reference frame, background last.
  var motion: [[Homography]]

  func trainingClip() throws -> TrainingClip {
    try TrainingClip(frames: clip.frames, objects: objects, flow: flow, motion: motion)
  }
}

extension Preparation {
  /// Works out flow and motion, and the masks where they are not given as `kept`.
  /// - Parameters:
  ///   - flow: where the flow comes from.
  ///   - ignoresCuts: whether a clip of several shots is taken for one; kept masks are of a clip that was.
  ///   - cache: where to keep the flow.
  /// - Throws: `SessionError.severalShots`, and what flow and masks throw.
  init(
    clip: Clip, masks: MaskChoice, kept: [ObjectMasks]? = nil, flow choice: FlowChoice = .dis,
    ignoresCuts: Bool = false, cache: FlowCache? = nil, _ context: SessionContext
  ) throws {
    let flow = try Preparation.flow(of: clip, choice, cache: cache, context)
    if kept == nil && !ignoresCuts {
      let shots = try SourceShots(of: clip, flow: flow)
      guard shots.cuts.isEmpty else { throw SessionError.severalShots(cuts: shots.cuts, longest: shots.longest) }
    }
    let objects: [ObjectMasks]
    let origin: String
    if let kept {
      (objects, origin) = (kept, "project")
    } else {
      let found = try masks.masks(of: clip, flow: flow, context)
      (objects, origin) = (found.objects, found.origin)
      for object in objects {
        guard ProjectRecord.isLayerName(object.name) else { throw SessionError.badLayerName(object.name) }
        FoundMasks.doubt(of: object.name, certainty: found.certainty).map { context.onEvent(.warning($0)) }
      }
    }
    let motion = try Preparation.motion(flow: flow, objects: objects, context)
    self.init(clip: clip, flow: flow, objects: objects, maskOrigin: origin, motion: motion)
  }

  /// The flow of a clip: from files, from the cache, or estimated and then cached.
  static func flow(
    of clip: Clip, _ choice: FlowChoice, cache: FlowCache? = nil, _ context: SessionContext
  ) throws -> [FlowPair] {
    context.onEvent(.began(.flow))
    if let cache {
      let kept = cache.read(for: clip.frames) { reason in
        context.onEvent(.warning("\(cache.url.path) is damaged (\(reason)); the flow is computed again"))
      }
      if let kept { return kept }
    }
    let pairs = try choice.pairs(of: clip) { done, total in
      context.onEvent(.advanced(.flow, done: done, total: total))
    }
    try cache?.write(pairs, for: clip.frames)
    return pairs
  }

  /// The motion of every layer, background last.
  static func motion(
    flow: [FlowPair], objects: [ObjectMasks], _ context: SessionContext
  ) throws -> [[Homography]] {
    context.onEvent(.began(.motion))
    let foregrounds = try objects.map { try MotionEstimator.object(flow: flow, masks: $0.masks).toReference }
    let camera = try MotionEstimator.camera(flow: flow, excluding: objects.map(\.masks)).toReference
    return foregrounds + [camera]
  }
}

extension Project {
  /// The clip of a project with the masks and the flow of its run.
  /// - Parameter sourcePath: where the clip is now, if no longer where it was.
  /// - Throws: `SessionError.recordCorrupt` where the masks are gone; what reading the clip throws.
  func preparation(sourcePath: String?, _ context: SessionContext) throws -> Preparation {
    let clip = try record.source.read(from: sourcePath, context)
    let kept = try MaskStore(layout: layout).read(
      layers: Array(record.layers.dropLast()), frames: clip.frames.count, size: clip.size)
    guard let kept else { throw SessionError.recordCorrupt(path: layout.record.path, reason: "its masks are gone") }
    let flow = record.flow ?? .dis
    return try Preparation(
      clip: clip, masks: .automatic, kept: kept, flow: flow, cache: FlowCache(url: layout.flowCache, of: flow), context)
  }
}

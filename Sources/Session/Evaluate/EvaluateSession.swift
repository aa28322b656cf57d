import Decomposition
import Foundation
import Media

/// Measures a finished project against its clip.
public struct EvaluateSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Parameters:
  ///   - masks: reference masks, a folder or a video; nil compares with the masks that the project was trained with.
  ///   - sourcePath: where the clip is now, if no longer where it was.
  public func run(project folder: URL, masks: String? = nil, sourcePath: String? = nil) throws -> Evaluation {
    let trained = try TrainedProject(opening: folder, sourcePath: sourcePath, context)
    let clip = try trained.frames.clip()
    let kept = try MaskStore(layout: trained.layout).read(
      layers: Array(trained.record.layers.dropLast()), frames: clip.frames.count, size: clip.size)
    guard let objects = try masks.map({ try trained.referenceMasks(path: $0, for: clip) }) ?? kept else {
      throw SessionError.recordCorrupt(
        path: trained.layout.record.path, reason: "the masks that belong to it are gone (masks)")
    }
    let method = trained.record.flow ?? .dis
    let flow = try Preparation.flow(
      of: clip, method, cache: FlowCache(url: trained.layout.flowCache, of: method), context)
    context.onEvent(.began(.evaluating))
    let reference = try TrainingClip(frames: clip.frames, objects: objects, flow: flow, motion: trained.model.motion)
    return try Evaluation.measure(Renderer(model: trained.model), clip: reference) { done in
      context.onEvent(.advanced(.evaluating, done: done, total: clip.frames.count))
    }
  }
}

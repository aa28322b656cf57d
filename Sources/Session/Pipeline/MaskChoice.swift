import Decomposition
import Foundation
import Media
import Perception

/// Where the masks of the objects come from.
public enum MaskChoice: Equatable, Sendable {
  /// A folder of images or a video.
  case given(path: String)
  /// The main object, found in the frames themselves.
  case automatic

  /// The masks of a clip, checked: an object that is nowhere, or everywhere, is an error; frames where it is are
  /// warnings.
  /// - Returns: the objects, front first, and where they come from in one word or path.
  func objects(
    of clip: Clip, flow: [FlowPair], _ context: SessionContext
  ) throws -> (objects: [ObjectMasks], origin: String) {
    context.onEvent(.began(.masks))
    let objects: [ObjectMasks]
    let origin: String
    switch self {
    case .given(let path):
      objects = try GivenMasks.read(path, for: clip)
      origin = path
    case .automatic:
      let result = try AutomaticMasks().masks(for: clip, flow: flow) { done, total in
        context.onEvent(.advanced(.masks, done: done, total: total))
      }
      for warning in result.warnings { context.onEvent(.warning(warning)) }
      objects = [result.object]
      origin = result.method.rawValue
    }
    for object in objects { try MaskChoice.check(object, origin: origin, context) }
    return (objects, origin)
  }

  private static func check(_ object: ObjectMasks, origin: String, _ context: SessionContext) throws {
    let coverage = object.masks.map(\.coverage)
    context.onEvent(.masksFound(layer: object.name, method: origin, coverage: coverage))
    for extreme in [0.0, 1.0] {
      let frames = coverage.indices.filter { coverage[$0] == extreme }
      if frames.count == coverage.count {
        throw SessionError.maskWithoutObject(layer: object.name, coverage: extreme)
      }
      if !frames.isEmpty {
        let list = frames.prefix(8).map(String.init).joined(separator: ", ") + (frames.count > 8 ? ", ..." : "")
        context.onEvent(
          .warning("the mask of \(object.name) covers \(extreme == 0 ? "nothing" : "everything") in frame \(list)"))
      }
    }
  }
}

import Decomposition
import Foundation
import Media
import Perception

/// Where the masks of the objects come from.
public enum MaskChoice: Codable, Equatable, Sendable {
  /// A folder of images or a video.
  case given(path: String)
  /// The main object, found in the frames themselves.
  case automatic
  /// Everything that moves against the camera.
  case moving
  /// What the user says about objects in single frames, followed through the clip. The other choice is what is known
  /// beside it: masks that are to be corrected, or how objects are found.
  indirect case guided(by: [MaskHint], over: MaskChoice)

  /// `auto`, `moving`, or the path of a folder or video.
  public init(_ text: String) {
    switch text {
    case "auto": self = .automatic
    case "moving": self = .moving
    default: self = .given(path: text)
    }
  }

  /// The masks of a clip, checked: an object that is nowhere, or everywhere, is an error; frames where it is are
  /// warnings.
  func masks(of clip: Clip, flow: [FlowPair], _ context: SessionContext) throws -> FoundMasks {
    context.onEvent(.began(.masks))
    let progress = { done, total in context.onEvent(.advanced(.masks, done: done, total: total)) }
    let objects: [ObjectMasks]
    let origin: String
    var certainty: Double?
    switch self {
    case .given(let path):
      objects = try GivenMasks.read(path, for: clip)
      origin = path
    case .automatic, .moving:
      let result = try finder.masks(for: clip, flow: flow, progress: progress)
      for warning in result.warnings { context.onEvent(.warning(warning)) }
      objects = [result.object]
      certainty = result.certainty
      origin = self == .moving ? "moving" : result.method.rawValue
    case .guided(let hints, let base):
      let anchors = try MaskHints.anchors(hints, for: clip)
      let known: [ObjectMasks] = if case .given(let path) = base { try GivenMasks.read(path, for: clip) } else { [] }
      let result = try GuidedMasks(evidenceFrom: base.finder).masks(
        for: clip, flow: flow, anchors: anchors, base: known, progress: progress)
      for warning in result.warnings { context.onEvent(.warning(warning)) }
      for object in result.objects { MaskChoice.warn(of: object, clip, context) }
      objects = result.objects.map(\.masks)
      origin = "guided"
    }
    let seen = ObjectMasks.seen(objects)
    for (object, whole) in zip(seen, objects) {
      let isHidden = whole.masks.contains { $0.coverage > 0 } && object.masks.allSatisfy { $0.coverage == 0 }
      if isHidden, let front = objects.first { throw SessionError.hiddenObject(layer: object.name, front: front.name) }
      try MaskChoice.check(object, origin: origin, context)
    }
    return FoundMasks(objects: seen, origin: origin, certainty: certainty)
  }

  /// What is wrong with hints, before flow is estimated: a slip in a path or a number shall not cost that time.
  func checkHints(for clip: Clip) throws {
    if case .guided(let hints, _) = self { _ = try MaskHints.anchors(hints, for: clip) }
  }

  private var finder: AutomaticMasks { AutomaticMasks(self == .moving ? .everythingMoving : .mainObject) }

  /// A frame's mask below this confidence is worth a look.
  private static let doubtful = 0.5

  private static func warn(of object: GuidedMasks.Object, _ clip: Clip, _ context: SessionContext) {
    let frames = object.confidence.indices.filter {
      object.confidence[$0] < doubtful && object.masks.masks[$0].coverage > 0
    }
    guard let worst = frames.min(by: { object.confidence[$0] < object.confidence[$1] }) else { return }
    let first = clip.sourceFrames.lowerBound
    context.onEvent(
      .warning(
        "the mask of \(object.masks.name) is doubtful in frame \(list(frames.map { $0 + first })); correct one and give "
          + "it back with --mask \(worst + first)=FILE"))
  }

  /// Numbers for a sentence, the first eight.
  private static func list(_ frames: [Int]) -> String {
    frames.prefix(8).map(String.init).joined(separator: ", ") + (frames.count > 8 ? ", ..." : "")
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
        context.onEvent(
          .warning(
            "the mask of \(object.name) covers \(extreme == 0 ? "nothing" : "everything") in frame \(list(frames))"))
      }
    }
  }
}

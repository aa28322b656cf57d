import Foundation
import Media
import SyntheticScenes

/// Which procedural clips to draw.
public struct ScenesRequest: Sendable {
  /// A folder for the clips, a folder each.
  public var output: URL
  public var count = 1
  public var size = PixelSize(width: 768, height: 432)
  public var frameCount = 16
  public var objects = 1
  /// The first clip's; each further one counts up.
  public var seed: UInt64 = 0
  public var force = false

  public init(output: URL) { self.output = output }
}

/// Draws procedural clips, whose masks are known: something to try things on, and to train a metamodel on, that belongs
/// to nobody.
public struct ScenesSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// Writes `scene-SEED/frames` and `scene-SEED/masks` for every clip; what is left where it stops is whole clips.
  /// - Returns: the clips' folders.
  /// - Throws: `SessionError.fileExists` where a clip is there already and `force` is not set, before anything is drawn;
  ///   `SessionError.interrupted`; what writing reports.
  public func run(_ request: ScenesRequest) throws -> [URL] {
    let clips = (0..<request.count).map { number -> (seed: UInt64, folder: URL) in
      let seed = request.seed &+ UInt64(number)
      return (seed, request.output.appendingPathComponent("scene-\(seed)"))
    }
    if !request.force, let taken = clips.first(where: { FileAccess.exists($0.folder) }) {
      throw SessionError.fileExists(path: taken.folder.path)
    }
    context.onEvent(.began(.rendering))
    for (index, clip) in clips.enumerated() {
      if context.shouldStop() { throw SessionError.interrupted }
      var configuration = SceneConfiguration.varied(seed: clip.seed)
      (configuration.size, configuration.frameCount) = (request.size, request.frameCount)
      configuration.foregroundCount = request.objects
      let part = clip.folder.appendingPathExtension("part")
      FileAccess.remove(part)
      defer { FileAccess.remove(part) }
      try SceneFolder(part).write(SceneGenerator.make(configuration))
      try FileAccess.replace(clip.folder, by: part)
      context.onEvent(.advanced(.rendering, done: index + 1, total: clips.count))
    }
    return clips.map(\.folder)
  }
}

import Foundation
import Media
import SyntheticScenes

/// The clip that the demonstration decomposes: a real one where `scripts/fetch-demo-clip` has put one, else a
/// procedural scene.
public enum DemoClip: Equatable, Sendable {
  /// A video file and the shot in it.
  case file(URL, frames: Range<Int>)
  case procedural

  /// The known clips with a shot of one moving object, best first. bikes.mp4: a cyclist in front of a row of cars;
  /// cup.mp4: a hand that tilts a cup.
  private static let known: [(name: String, frames: Range<Int>)] = [("bikes.mp4", 30..<36), ("cup.mp4", 44..<56)]

  /// Where fetched clips are: `$XDG_CACHE_HOME/hypernvd/demo`, by default under `~/.cache`.
  public static var folder: URL {
    let environment = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? ""
    let cache =
      environment.isEmpty
      ? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
      : URL(fileURLWithPath: environment)
    return cache.appendingPathComponent("hypernvd/demo")
  }

  /// The best clip that is there.
  public static func available() -> DemoClip {
    for clip in known {
      let url = folder.appendingPathComponent(clip.name)
      if FileAccess.exists(url) { return .file(url, frames: clip.frames) }
    }
    return .procedural
  }

  /// What to decompose; a procedural scene is drawn into `folder` first, with its masks.
  func request(drawingInto folder: URL, output: URL) throws -> DecomposeRequest {
    switch self {
    case .file(let url, let frames):
      return DecomposeRequest(source: ClipSource(path: url.path, frames: frames), output: output)
    case .procedural:
      var configuration = SceneConfiguration()
      configuration.frameCount = 12
      let scene = SceneGenerator.make(configuration)
      let files = SceneFolder(folder)
      try files.write(scene)
      var request = DecomposeRequest(source: ClipSource(path: files.frames.path), output: output)
      request.masks = .given(path: files.masks.path)
      return request
    }
  }
}

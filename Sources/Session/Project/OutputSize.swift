import Foundation
import Media

/// The size of the frames that rendering and export write. A model says of any place in a frame what is there, so layers
/// that were trained on small frames can be brought back to the clip's own pixels.
public enum OutputSize: Equatable, Sendable {
  /// That of the frames that the project was trained on.
  case project
  /// That of the clip as a viewer shows it.
  case source
  case pixels(PixelSize)

  /// - Parameter path: where the clip is now; nil: where it was.
  /// - Throws: `SessionError.sourceAbsent`, `MediaError`.
  func pixels(of source: ProjectRecord.Source, at path: String?) throws -> PixelSize {
    switch self {
    case .project: return source.size
    case .pixels(let size): return size
    case .source: return try ClipReader.probe(source.url(at: path)).size
    }
  }
}

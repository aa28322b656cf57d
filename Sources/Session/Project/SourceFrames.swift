import Foundation
import Media

/// The frames of a project's clip, read from its source when they are asked for: in order, or the same again, memory is
/// that of one frame and every frame is decoded once.
final class SourceFrames: @unchecked Sendable {
  let source: ProjectRecord.Source
  let size: PixelSize
  private let url: URL
  private let lock = NSLock()
  /// Nil where reading failed: then the source is opened again.
  private var position: Position?

  /// A reader that has just given a frame.
  private struct Position {
    var reader: FrameReader
    var index: Int
    var frame: Frame
  }

  /// Opens the source where it was, or at `path`, and reads its first frame.
  /// - Parameter size: of the frames; nil: the project's.
  /// - Throws: `SessionError.sourceAbsent`, `MediaError`.
  init(
    _ source: ProjectRecord.Source, from path: String? = nil, size: PixelSize? = nil, _ context: SessionContext
  ) throws {
    self.source = source
    self.size = size ?? source.size
    url = try source.url(at: path)
    context.onEvent(.began(.reading))
    _ = try frame(0)
    context.onEvent(.clipRead(name: source.name, frames: source.frames, size: self.size))
  }

  /// A frame, counted from 0 in the project.
  /// - Throws: `SessionError.sourceChanged`, `MediaError`.
  func frame(_ index: Int) throws -> Frame {
    precondition((0..<source.frameCount).contains(index), "frame \(index) of \(source.frameCount)")
    return try lock.withLock {
      let reading = position.flatMap { $0.index <= index ? $0 : nil }
      position = nil
      var now = try reading ?? next(of: FrameReader(url, ClipRequest(frames: source.frames, size: size)), 0)
      while now.index < index { now = try next(of: now.reader, now.index + 1) }
      position = now
      return now.frame
    }
  }

  private func next(of reader: FrameReader, _ index: Int) throws -> Position {
    guard let frame = try reader.next() else {
      throw SessionError.sourceChanged(path: url.path, expected: "\(source.frameCount) frames", found: "\(index)")
    }
    return Position(reader: reader, index: index, frame: frame)
  }

  /// All frames at once.
  func clip() throws -> Clip {
    Clip(
      name: source.name, frames: try (0..<source.frameCount).map(frame), frameRate: source.frameRate,
      sourceFrames: source.frames)
  }
}

import Foundation
import Media

/// Which shot: a file or folder, and what of it.
public struct ClipSource: Codable, Equatable, Sendable {
  /// A video file or a folder of images.
  public var path: String
  /// Frames of the source, counted from 0; nil takes all.
  public var frames: Range<Int>?
  /// The size to bring the frames to; nil keeps the source's, limited to 768 on the long side.
  public var size: PixelSize?
  /// Takes at most so many of the frames.
  public var maximumFrames: Int?

  public init(path: String, frames: Range<Int>? = nil, size: PixelSize? = nil, maximumFrames: Int? = nil) {
    self.path = path
    self.frames = frames
    self.size = size
    self.maximumFrames = maximumFrames
  }

  /// Reads the shot.
  /// - Throws: `MediaError`, `SessionError.tooFewFrames`.
  func read(atLeast needed: Int = 2, _ context: SessionContext) throws -> Clip {
    context.onEvent(.began(.reading))
    let clip = try ClipReader.read(
      URL(fileURLWithPath: path), ClipRequest(frames: frames, size: size, maximumFrames: maximumFrames))
    guard clip.frames.count >= needed else {
      throw SessionError.tooFewFrames(count: clip.frames.count, needed: needed)
    }
    context.onEvent(.clipRead(name: clip.name, frames: clip.sourceFrames, size: clip.size))
    return clip
  }
}

extension ProjectRecord.Source {
  init(clip: Clip, path: String) {
    self.init(
      path: URL(fileURLWithPath: path).standardizedFileURL.path, name: clip.name,
      firstFrame: clip.sourceFrames.lowerBound, frameCount: clip.frames.count, size: clip.size,
      frameRate: clip.frameRate)
  }

  /// The frames of the source that the project has.
  var frames: Range<Int> { firstFrame..<firstFrame + frameCount }

  /// Where the source is: where it was, or at `path`.
  /// - Throws: `SessionError.sourceAbsent`.
  func url(at path: String? = nil) throws -> URL {
    let url = URL(fileURLWithPath: path ?? self.path)
    guard FileAccess.exists(url) else { throw SessionError.sourceAbsent(path: path ?? self.path) }
    return url
  }

  /// Reads the shot again, from where it was or from `path`.
  /// - Throws: `SessionError.sourceAbsent`, `.sourceChanged`, `MediaError`.
  func read(from otherPath: String? = nil, _ context: SessionContext) throws -> Clip {
    let path = try url(at: otherPath).path
    let clip = try ClipSource(path: path, frames: frames, size: size).read(context)
    guard clip.frames.count == frameCount, clip.size == size else {
      throw SessionError.sourceChanged(
        path: path, expected: "\(frameCount) frames of \(size)", found: "\(clip.frames.count) of \(clip.size)")
    }
    return clip
  }
}

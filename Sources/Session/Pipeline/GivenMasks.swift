import Foundation
import Media

/// Masks that the user gives for a clip.
enum GivenMasks {
  /// The masks of a clip from a folder or video: one for each frame of the source, or exactly one for each frame of the
  /// clip. A single object is called `foreground`.
  /// - Throws: `MediaError`.
  static func read(_ path: String, for clip: Clip) throws -> [ObjectMasks] {
    let url = URL(fileURLWithPath: path)
    var objects: [ObjectMasks]
    do {
      objects = try MaskReader.read(url, size: clip.size, frames: clip.sourceFrames)
    } catch MediaError.missingMasks(_, _, _, let available) where available == clip.frames.count {
      objects = try MaskReader.read(url, size: clip.size, frames: 0..<clip.frames.count)
    }
    if objects.count == 1 { objects[0].name = MaskReader.onlyObject }
    return objects
  }
}

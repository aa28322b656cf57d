import Foundation
import Media

/// Masks on disk: PNG files, and a video of the clip with the objects tinted.
///
/// A folder takes both (`00000.png`, ..., or a folder of them an object, and `overlay.mp4`). A video file takes the
/// video, and a folder of its name without the ending the masks.
struct MaskOutput {
  let masks: URL
  let overlay: URL

  /// What a video's name ends in.
  private static let videoEndings: Set<String> = ["mp4", "m4v", "mov", "mkv"]

  init(_ url: URL) {
    if Self.videoEndings.contains(url.pathExtension.lowercased()) {
      (masks, overlay) = (url.deletingPathExtension(), url)
    } else {
      (masks, overlay) = (url, url.appendingPathComponent("overlay.mp4"))
    }
  }

  /// - Throws: `SessionError.outputIsInput` where the clip would be replaced.
  func check(source: String) throws {
    let named = URL(fileURLWithPath: source)
    for clip in [named, try ClipReader.location(named)] {
      for place in [masks, overlay] where FileAccess.isSame(place, clip) {
        throw SessionError.outputIsInput(path: place.path)
      }
    }
  }

  /// - Throws: `SessionError.otherMasks` where masks of other objects are there, which would be read with or instead of
  ///   these; `.interrupted` between files, before the video is there; `.unwritable`, `MediaError`.
  func write(_ objects: [ObjectMasks], over clip: Clip, _ context: SessionContext) throws {
    try checkOthers(than: objects)
    context.onEvent(.began(.rendering))
    for object in objects {
      let folder = objects.count == 1 ? masks : masks.appendingPathComponent(object.name)
      try MaskFolder(folder).write(object.masks, first: clip.sourceFrames.lowerBound)
    }
    let video = try VideoWriter(url: overlay, size: clip.size, frameRate: clip.frameRate, encoding: .h264)
    for (index, frame) in clip.frames.enumerated() {
      if context.shouldStop() { throw SessionError.interrupted }
      try video.append(MaskOverlay.picture(of: frame, masks: objects.map { $0.masks[index] }))
    }
    try video.finish()
    context.onEvent(.wrote(masks))
    context.onEvent(.wrote(overlay))
  }

  private func checkOthers(than objects: [ObjectMasks]) throws {
    let (images, folders) = MaskReader.contents(of: masks)
    let isOne = objects.count == 1
    let others =
      images.filter { !isOne || !MaskFolder.isMask($0) }
      + folders.filter { name in !isOne && !objects.contains { $0.name == name } }
    if let other = others.first { throw SessionError.otherMasks(path: masks.path, found: other) }
  }
}

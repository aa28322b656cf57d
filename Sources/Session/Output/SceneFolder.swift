import Foundation
import Media
import SyntheticScenes

/// A procedural scene as files: PNG pictures in `frames`, masks in `masks`, a folder an object where there are several.
struct SceneFolder {
  let frames: URL
  let masks: URL

  init(_ folder: URL) {
    (frames, masks) = (folder.appendingPathComponent("frames"), folder.appendingPathComponent("masks"))
  }

  func write(_ scene: SyntheticScene) throws {
    try FileAccess.makeFolder(frames)
    for (index, frame) in scene.clip.frames.enumerated() {
      try ImageFile.write(frame, to: frames.appendingPathComponent(String(format: "%05d.png", index)))
    }
    for object in scene.masks {
      try MaskFolder(scene.masks.count == 1 ? masks : masks.appendingPathComponent(object.name)).write(object.masks)
    }
  }
}

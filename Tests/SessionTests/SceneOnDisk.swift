import Foundation
import Media
import SyntheticScenes

/// A procedural scene as folders of images, gone with the value.
final class SceneOnDisk {
  let folder: URL
  var frames: String { folder.appendingPathComponent("frames").path }
  var masks: String { folder.appendingPathComponent("masks").path }
  func path(_ name: String) -> URL { folder.appendingPathComponent(name) }

  /// The frames of all scenes, one after the other, and the masks of their first objects.
  init(_ configurations: [SceneConfiguration]) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("hypernvd-session-\(UUID().uuidString)")
    for name in ["frames", "masks"] {
      try FileManager.default.createDirectory(at: path(name), withIntermediateDirectories: true)
    }
    var index = 0
    for scene in configurations.map(SceneGenerator.make) {
      for (frame, mask) in zip(scene.clip.frames, scene.masks[0].masks) {
        try ImageFile.write(frame, to: path(String(format: "frames/%05d.png", index)))
        try ImageFile.write(mask, to: path(String(format: "masks/%05d.png", index)))
        index += 1
      }
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

extension SceneConfiguration {
  /// A small scene whose camera only pans.
  static func panning(_ share: Double, frames: Int = 4, seed: UInt64 = 1) -> SceneConfiguration {
    var configuration = SceneConfiguration()
    configuration.size = PixelSize(width: 192, height: 108)
    configuration.frameCount = frames
    configuration.seed = seed
    configuration.camera = .still
    configuration.camera.panX = share
    return configuration
  }
}

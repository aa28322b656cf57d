import Foundation
import Media

/// The masks that a run used, kept in the project as PNG files, so that resuming and evaluating use the same ones.
struct MaskStore {
  let layout: ProjectLayout

  /// Keeps the masks of all objects.
  func write(_ objects: [ObjectMasks]) throws {
    for object in objects {
      try MaskFolder(layout.masks(of: object.name)).write(object.masks)
    }
  }

  /// The kept masks of these layers (without the background), or nil where they are not all there.
  func read(layers: [String], frames: Int, size: PixelSize) throws -> [ObjectMasks]? {
    var objects: [ObjectMasks] = []
    for layer in layers {
      let folder = layout.masks(of: layer)
      guard FileAccess.isFolder(folder) else { return nil }
      guard let object = try MaskReader.read(folder, size: size, frames: 0..<frames).first else { return nil }
      objects.append(ObjectMasks(name: layer, masks: object.masks))
    }
    return objects
  }
}

/// Masks as a folder of PNG files, one a frame: 0 and 255.
public struct MaskFolder: Sendable {
  public let folder: URL

  public init(_ folder: URL) {
    self.folder = folder
  }

  /// Writes `00000.png` and so on, numbered from `first`. The files appear together, once all are written.
  public func write(_ masks: [Mask], first: Int = 0) throws {
    try FileAccess.makeFolder(folder)
    let names = masks.indices.map { String(format: "%05d.png", first + $0) }
    try PendingFiles(names: names, in: folder).write { index, url in try ImageFile.write(masks[index], to: url) }
  }
}

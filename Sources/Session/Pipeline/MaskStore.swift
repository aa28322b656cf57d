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
      // By their names: what else lies in the folder is somebody's own.
      let files = (0..<frames).map { folder.appendingPathComponent(MaskFolder.name($0)) }
      guard files.allSatisfy(FileAccess.exists) else { return nil }
      let masks = try files.flatMap { try MaskReader.read($0, size: size, frames: 0..<1).prefix(1).flatMap(\.masks) }
      objects.append(ObjectMasks(name: layer, masks: masks))
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

  /// What the mask of a frame is called.
  static func name(_ frame: Int) -> String { String(format: "%05d.png", frame) }

  /// Whether a file is called as a mask that the program writes.
  static func isMask(_ name: String) -> Bool {
    Int(name.dropLast(4)).map { $0 >= 0 && Self.name($0) == name } ?? false
  }

  /// Writes `00000.png` and so on, numbered from `first`. The files appear together, once all are written.
  public func write(_ masks: [Mask], first: Int = 0) throws {
    try FileAccess.makeFolder(folder)
    let names = masks.indices.map { Self.name(first + $0) }
    try PendingFiles(names: names, in: folder).write { index, url in try ImageFile.write(masks[index], to: url) }
  }
}

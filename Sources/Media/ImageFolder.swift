import Foundation

/// A folder of numbered images.
struct ImageFolder {
  /// The folder that holds the images, which may lie below the one that was named.
  let url: URL
  /// In natural order; never empty.
  let files: [URL]

  private static let extensions: Set<String> = [
    "png", "jpg", "jpeg", "jpe", "tif", "tiff", "bmp", "webp", "exr", "ppm", "pgm", "pnm", "tga", "dpx", "jp2",
  ]
  /// Where common layouts keep the frames, looked for in this order: `data/<video>/video_frames`, `<video>/frames`,
  /// and the DAVIS tree down to a sequence that stands alone.
  private static let frameFolders = ["video_frames", "frames", "JPEGImages", "480p"]

  /// The images of `url`; where it holds none itself, those of the folder in it that is known to hold frames.
  init(framesAt url: URL) throws {
    var folder = url
    while try Self.images(in: folder).isEmpty {
      let inside = try Self.folders(in: folder)
      let known = Self.frameFolders.lazy.compactMap { name in inside.first { $0.lastPathComponent == name } }.first
      let alone = folder.lastPathComponent == "480p" && inside.count == 1 ? inside[0] : nil
      guard let next = known ?? alone else {
        throw MediaError.noImages(path: folder.path, folders: inside.map(\.lastPathComponent))
      }
      folder = next
    }
    self.url = folder
    files = try Self.images(in: folder)
  }

  /// A name for the clip: that of the folder, or of the one above where the folder's own says nothing.
  var name: String {
    var named = url.standardizedFileURL
    while Self.frameFolders.contains(named.lastPathComponent), named.pathComponents.count > 2 {
      named.deleteLastPathComponent()
    }
    return named.lastPathComponent
  }

  /// The image files directly in a folder, hidden ones left out, in natural order.
  static func images(in folder: URL) throws -> [URL] {
    try entries(of: folder).filter { extensions.contains($0.pathExtension.lowercased()) && !isFolder($0) }
  }

  /// The folders directly in a folder, in natural order.
  static func folders(in folder: URL) throws -> [URL] { try entries(of: folder).filter(isFolder) }

  private static func entries(of folder: URL) throws -> [URL] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw MediaError.unreadable(path: folder.path, detail: "the folder cannot be listed; is it allowed?")
    }
    return names.filter { !$0.hasPrefix(".") }.sorted(by: NaturalOrder.areInIncreasingOrder).map(
      folder.appendingPathComponent)
  }

  private static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }
}

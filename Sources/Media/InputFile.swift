import Foundation

/// What can be said about an input before it is opened.
public enum InputFile {
  /// - Throws: `MediaError` where `url` is absent, a folder, a device, empty, or may not be read.
  static func check(_ url: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw MediaError.notFound(path: url.path)
    }
    guard !isFolder.boolValue else {
      throw MediaError.unreadable(path: url.path, detail: "it is a folder, a file is needed")
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular else {
      throw MediaError.unreadable(path: url.path, detail: "it is not a regular file")
    }
    guard FileManager.default.isReadableFile(atPath: url.path) else {
      throw MediaError.unreadable(path: url.path, detail: "permission is denied")
    }
    guard (attributes?[.size] as? NSNumber)?.int64Value ?? 0 > 0 else {
      throw MediaError.unreadable(path: url.path, detail: "the file is empty")
    }
  }

  /// The bytes of a checked file.
  /// - Throws: `MediaError` as `check`, or where the file is larger than `limit` bytes.
  public static func contents(of url: URL, limit: Int = 1 << 30) throws -> Data {
    try check(url)
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
    let bytes = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    guard bytes <= limit else {
      throw MediaError.unreadable(path: url.path, detail: "\(bytes) bytes are more than the \(limit) accepted here")
    }
    do {
      return try Data(contentsOf: url)
    } catch {
      throw MediaError.unreadable(path: url.path, detail: error.localizedDescription)
    }
  }

  /// Whether `url` is an existing folder.
  /// - Throws: `MediaError.notFound` where nothing is there.
  static func isFolder(_ url: URL) throws -> Bool {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
      throw MediaError.notFound(path: url.path)
    }
    return isFolder.boolValue
  }
}

import Foundation

/// Files that are there whole or not at all: written beside their place under a hidden name, then renamed.
public enum AtomicFile {
  /// Writes `data` to `url`, replacing a file that is there.
  /// - Throws: `MediaError.cannotWrite`; nothing is left behind.
  public static func write(_ data: Data, to url: URL) throws {
    let temporary = try temporary(for: url)
    do {
      try data.write(to: temporary)
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw MediaError.cannotWrite(path: url.path, detail: reason(error))
    }
    try move(temporary, to: url)
  }

  /// A name beside `url`, hidden and unique, with its extension.
  /// - Throws: `MediaError.cannotWrite` where the folder is absent, or `url` is an existing folder.
  public static func temporary(for url: URL) throws -> URL {
    let folder = url.deletingLastPathComponent()
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw MediaError.cannotWrite(path: url.path, detail: "there is no folder \(folder.path)")
    }
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
      throw MediaError.cannotWrite(path: url.path, detail: "a folder of that name is in the way")
    }
    return folder.appendingPathComponent(".\(UUID().uuidString).tmp.\(url.lastPathComponent)")
  }

  /// Puts a finished temporary file (or folder, where none is at `url`) in its place; removes it on failure.
  public static func move(_ temporary: URL, to url: URL) throws {
    guard rename(temporary.path, url.path) != 0 else { return }
    let detail = String(cString: strerror(errno))
    try? FileManager.default.removeItem(at: temporary)
    throw MediaError.cannotWrite(path: url.path, detail: detail)
  }

  /// The system's word for why a file operation failed.
  static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(underlying.code)))
    }
    return error.localizedDescription
  }
}

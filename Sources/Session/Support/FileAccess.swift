import Foundation

/// Writing into a project: beside the place first, then renamed, so that no reader ever sees half a file.
public enum FileAccess {
  /// Writes `data` to `url` in one step.
  /// - Throws: `SessionError.unwritable`.
  public static func write(_ data: Data, to url: URL) throws {
    do {
      try data.write(to: url, options: .atomic)
    } catch {
      throw SessionError.unwritable(path: url.path, reason: reason(of: error))
    }
  }

  /// Makes a folder and those above it.
  /// - Throws: `SessionError.unwritable`.
  public static func makeFolder(_ url: URL) throws {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw SessionError.unwritable(path: url.path, reason: reason(of: error))
    }
  }

  /// Removes a file or folder where there is one.
  public static func remove(_ url: URL) {
    try? FileManager.default.removeItem(at: url)
  }

  /// Puts a finished file or folder in its place, where an old one gives way.
  /// - Throws: `SessionError.unwritable`.
  static func replace(_ url: URL, by finished: URL) throws {
    remove(url)
    do {
      try FileManager.default.moveItem(at: finished, to: url)
    } catch {
      throw SessionError.unwritable(path: url.path, reason: reason(of: error))
    }
  }

  /// The names in a folder; none where it cannot be listed.
  static func entries(of folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  /// Removes a folder that holds nothing.
  static func removeIfEmpty(_ folder: URL) { rmdir(folder.path) }

  public static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  public static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Whether `inner` is `outer` or lies in it, wherever symbolic links lead.
  static func contains(_ outer: URL, _ inner: URL) -> Bool {
    let (outer, inner) = (realPath(outer), realPath(inner))
    return inner == outer || inner.hasPrefix(outer + "/")
  }

  static func isSame(_ one: URL, _ other: URL) -> Bool { realPath(one) == realPath(other) }

  private static func realPath(_ url: URL) -> String { url.standardizedFileURL.resolvingSymlinksInPath().path }

  /// What the system said, in a few words.
  static func reason(of error: any Error) -> String {
    let error = error as NSError
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(Int32(cause.code)))
    }
    switch CocoaError.Code(rawValue: error.code) {
    case .fileWriteOutOfSpace: return "no space left on the device"
    case .fileWriteNoPermission: return "permission denied"
    case .fileWriteVolumeReadOnly: return "the file system is read-only"
    case .fileWriteFileExists: return "a file stands where a folder is needed"
    default: return error.localizedDescription
    }
  }
}

import Foundation

/// A folder of numbered PNG files that appear together. They are written into a hidden folder, which becomes the
/// destination; where that is there already, into one inside it, and take the place of an earlier sequence at the end. (A
/// folder that is there may be a mount point, or lie in a folder that cannot be written to.)
struct SequenceFolder {
  let destination: URL
  private let temporary: URL

  /// - Throws: `MediaError.cannotWrite` where the destination holds other files, or cannot be written to.
  init(_ url: URL) throws {
    destination = URL(fileURLWithPath: url.standardizedFileURL.path)
    try Self.checkReplaceable(destination)
    let place = Self.exists(destination) ? destination : destination.deletingLastPathComponent()
    temporary = place.appendingPathComponent(Self.hiddenName())
    do {
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
    } catch {
      throw MediaError.cannotWrite(path: destination.path, detail: AtomicFile.reason(error))
    }
  }

  /// Where a file is written until all are.
  func pending(_ name: String) -> URL { temporary.appendingPathComponent(name) }

  /// Puts the files in their place.
  /// - Throws: `MediaError.cannotWrite`; what was there before is there again then.
  func finish() throws {
    try Self.checkReplaceable(destination)
    guard Self.exists(destination) else { return try AtomicFile.move(temporary, to: destination) }
    // What was there is only gone when the new sequence stands in its place.
    let earlier = destination.appendingPathComponent(Self.hiddenName())
    let (old, new) = (Self.names(in: destination), Self.names(in: temporary))
    do {
      try FileManager.default.createDirectory(at: earlier, withIntermediateDirectories: false)
      try Self.move(old, from: destination, to: earlier)
      try Self.move(new, from: temporary, to: destination)
    } catch {
      let moved = new.filter { !Self.exists(temporary.appendingPathComponent($0)) }
      try? Self.move(moved, from: destination, to: temporary)
      try? Self.move(Self.names(in: earlier), from: earlier, to: destination)
      // Where that failed as well, nothing of it is removed.
      rmdir(earlier.path)
      throw MediaError.cannotWrite(path: destination.path, detail: AtomicFile.reason(error))
    }
    for folder in [earlier, temporary] + Self.leftovers(in: destination) {
      try? FileManager.default.removeItem(at: folder)
    }
  }

  func cancel() { try? FileManager.default.removeItem(at: temporary) }

  private static let hidden = ".hypernvd.tmp."

  /// With the number of this process in it.
  private static func hiddenName() -> String { hidden + "\(getpid())." + UUID().uuidString }

  /// Hidden folders of processes that ended before they could remove them.
  private static func leftovers(in folder: URL) -> [URL] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { name in
      guard name.hasPrefix(hidden), let process = pid_t(name.dropFirst(hidden.count).prefix { $0 != "." }) else {
        return false
      }
      return kill(process, 0) != 0 && errno == ESRCH
    }.map(folder.appendingPathComponent)
  }

  private static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  private static func names(in folder: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter {
      !$0.hasPrefix(hidden) && $0 != "lost+found"
    }
  }

  private static func move(_ names: [String], from folder: URL, to other: URL) throws {
    for name in names {
      try FileManager.default.moveItem(at: folder.appendingPathComponent(name), to: other.appendingPathComponent(name))
    }
  }

  /// Only an absent or empty folder, or an earlier sequence of ours, gives way.
  private static func checkReplaceable(_ folder: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else { return }
    guard isFolder.boolValue else {
      throw MediaError.cannotWrite(path: folder.path, detail: "a file of that name is in the way")
    }
    let foreign = names(in: folder).first { $0.count < 9 || !$0.hasSuffix(".png") || Int($0.dropLast(4)) == nil }
    if let foreign {
      throw MediaError.cannotWrite(
        path: folder.path, detail: "the folder holds other files (\(foreign)); give an empty or a new folder")
    }
  }
}

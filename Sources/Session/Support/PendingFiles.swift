import Foundation
import Media

/// Files of one folder that appear together: they are written under hidden names and renamed once all are there. Where
/// writing fails or is stopped, earlier files of the same names stay.
struct PendingFiles {
  let names: [String]
  let folder: URL

  init(names: [String], in folder: URL) { (self.names, self.folder) = (names, folder) }

  /// - Parameter file: writes the file of an index to a place.
  /// - Throws: what `file` throws, `MediaError.cannotWrite`.
  func write(_ file: (Int, URL) throws -> Void) throws {
    let pending = names.map { folder.appendingPathComponent(".pending." + $0) }
    do {
      for (index, url) in pending.enumerated() { try file(index, url) }
      for (name, url) in zip(names, pending) { try AtomicFile.move(url, to: folder.appendingPathComponent(name)) }
    } catch {
      for url in pending { FileAccess.remove(url) }
      throw error
    }
  }
}

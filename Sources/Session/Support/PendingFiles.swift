import Foundation
import Media

/// Files of one folder that appear together: they are written under hidden names and renamed once all are there. Where
/// writing fails or is stopped, earlier files of the same names stay.
struct PendingFiles {
  let names: [String]
  let folder: URL

  init(names: [String], in folder: URL) { (self.names, self.folder) = (names, folder) }

  /// Where a file is written until all are.
  static func place(of name: String, in folder: URL) -> URL { folder.appendingPathComponent(".pending." + name) }

  /// Writes all of them, one after the other.
  /// - Parameter file: writes the file of an index to a place.
  /// - Throws: what `file` throws, `MediaError.cannotWrite`.
  func write(_ file: (Int, URL) throws -> Void) throws {
    do {
      for (index, name) in names.enumerated() { try file(index, Self.place(of: name, in: folder)) }
      try finish()
    } catch {
      cancel()
      throw error
    }
  }

  /// Puts the files in their places, where earlier ones give way.
  /// - Throws: `MediaError.cannotWrite`.
  func finish() throws {
    for name in names { try AtomicFile.move(Self.place(of: name, in: folder), to: folder.appendingPathComponent(name)) }
  }

  func cancel() { for name in names { FileAccess.remove(Self.place(of: name, in: folder)) } }
}

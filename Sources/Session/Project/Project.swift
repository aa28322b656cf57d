import Foundation

/// A project on disk: its record, and where its files are.
public struct Project: Sendable {
  public let layout: ProjectLayout
  public private(set) var record: ProjectRecord

  /// Opens a project.
  /// - Throws: `SessionError.projectAbsent`, `.notAProject`, `.recordCorrupt`, `.recordNewer`.
  public init(opening folder: URL) throws {
    layout = ProjectLayout(folder: folder)
    guard FileAccess.exists(folder) else { throw SessionError.projectAbsent(path: folder.path) }
    guard FileAccess.exists(layout.record) else { throw SessionError.notAProject(path: folder.path) }
    record = try ProjectRecord(contentsOf: layout.record)
  }

  /// Makes a project; the folder has been prepared with `makeRoom`.
  init(creating folder: URL, record: ProjectRecord) throws {
    layout = ProjectLayout(folder: folder)
    self.record = record
    try record.write(to: layout.record)
  }

  /// Changes the record and writes it.
  mutating func update(_ change: (inout ProjectRecord) -> Void) throws {
    change(&record)
    try record.write(to: layout.record)
  }

  /// Makes sure that a new project can be written to a folder. What a run left that ended before it had a record is
  /// replaced; a project only when forced; what is not a project's stays in any case, and must be forced.
  /// - Throws: `SessionError.projectExists`, `.foreignFolder`, `.unwritable`.
  static func makeRoom(at folder: URL, force: Bool) throws {
    let layout = ProjectLayout(folder: folder)
    if FileAccess.isFolder(folder) {
      let entries = Set((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      let isProject = FileAccess.exists(layout.record)
      let isOurs = isProject || entries.isSubset(of: (layout.all + [layout.edits]).map(\.lastPathComponent))
      if !force && isProject { throw SessionError.projectExists(path: folder.path) }
      if !force && !isOurs { throw SessionError.foreignFolder(path: folder.path) }
      if isOurs { for file in layout.all { FileAccess.remove(file) } }
    }
    try FileAccess.makeFolder(folder)
    // Before minutes of work: can a file be written here at all?
    let probe = folder.appendingPathComponent(".writable")
    try FileAccess.write(Data([0]), to: probe)
    FileAccess.remove(probe)
  }
}

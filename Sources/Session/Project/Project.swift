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

  /// Makes sure that a new project can be written to a folder, before minutes of work. Nothing that is there is touched:
  /// `clear` does that once the run has read all it needs, so that a run that cannot start costs nobody a project.
  /// - Parameter source: the clip, which must not be among what is replaced.
  /// - Throws: `SessionError.projectExists`, `.foreignFolder` unless forced; `.outputIsInput`, `.unwritable`.
  static func makeRoom(at folder: URL, force: Bool, for source: String? = nil) throws {
    let layout = ProjectLayout(folder: folder)
    if FileAccess.isFolder(folder) {
      let entries = Set((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      let isProject = FileAccess.exists(layout.record)
      // What a run leaves that ended before it had a record.
      let isLeftover = entries.isSubset(of: [layout.cache, layout.edits].map(\.lastPathComponent))
      if !force && isProject { throw SessionError.projectExists(path: folder.path) }
      if !force && !isLeftover { throw SessionError.foreignFolder(path: folder.path) }
      if let source, layout.written.contains(where: { FileAccess.contains($0, URL(fileURLWithPath: source)) }) {
        throw SessionError.outputIsInput(path: source)
      }
    }
    try FileAccess.makeFolder(folder)
    let probe = folder.appendingPathComponent(".writable")
    try FileAccess.write(Data([0]), to: probe)
    FileAccess.remove(probe)
  }

  /// Removes the project that a new one replaces, its record last; the flow, which knows what it is of, kept edits, and
  /// what is not a project's stay: paintings beside a texture, for example. Folders go where they are empty then.
  static func clear(_ folder: URL) {
    let layout = ProjectLayout(folder: folder)
    guard FileAccess.exists(layout.record) else { return }
    for file in layout.files { FileAccess.remove(file) }
    for (group, isOurs) in layout.groups {
      for inner in FileAccess.entries(of: group).map(group.appendingPathComponent) where FileAccess.isFolder(inner) {
        for name in FileAccess.entries(of: inner) where isOurs(name) {
          FileAccess.remove(inner.appendingPathComponent(name))
        }
        FileAccess.removeIfEmpty(inner)
      }
      FileAccess.removeIfEmpty(group)
    }
    FileAccess.remove(layout.record)
  }
}

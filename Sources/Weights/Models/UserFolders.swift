import Foundation

/// The folders of this user that programs keep their files in (XDG base directories).
public struct UserFolders: Sendable {
  public let home: URL
  /// Files to keep: `XDG_DATA_HOME`, else `~/.local/share`.
  public let data: URL
  /// Files that can be made again: `XDG_CACHE_HOME`, else `~/.cache`.
  public let cache: URL

  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    home = Self.named("HOME", environment) ?? FileManager.default.homeDirectoryForCurrentUser
    data = Self.named("XDG_DATA_HOME", environment) ?? home.appendingPathComponent(".local/share")
    cache = Self.named("XDG_CACHE_HOME", environment) ?? home.appendingPathComponent(".cache")
  }

  /// The folder that a variable names; nil where it is not set or empty.
  static func named(_ variable: String, _ environment: [String: String]) -> URL? {
    environment[variable].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
  }
}

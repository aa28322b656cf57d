import Foundation

/// Real clips, which are not part of the repository: the folder that HYPERNVD_DATA names, by default `../shared`.
enum SharedData {
  static let folder: URL = {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["HYPERNVD_DATA"]
    return named.map { URL(fileURLWithPath: $0) } ?? package.appendingPathComponent("../shared").standardizedFileURL
  }()

  static let hasDAVIS = FileManager.default.fileExists(atPath: folder.appendingPathComponent("davis/bear/frames").path)
}

import Foundation

/// Regular files, mapped into memory instead of read.
enum MappedFile {
  /// - Throws: `WeightsError.absent` or `.unreadable`.
  static func open(_ url: URL) throws -> Data {
    let path = url.path
    guard FileManager.default.fileExists(atPath: path) else { throw WeightsError.absent(path: path) }
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else {
        throw WeightsError.unreadable(path: path, reason: "it is not a regular file")
      }
      return try Data(contentsOf: url, options: .alwaysMapped)
    } catch let error as WeightsError {
      throw error
    } catch {
      throw WeightsError.unreadable(path: path, reason: error.localizedDescription)
    }
  }
}

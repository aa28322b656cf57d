import Foundation

/// Fetches files with curl: over https, http, or from this machine (`file:`). A download that broke off is continued,
/// and nothing takes the file's name before its checksum is right.
public struct ModelFetcher {
  /// Called with the bytes that are there so far.
  public var onProgress: (Int) -> Void
  /// Whether to stop.
  public var shouldStop: () -> Bool

  public init(onProgress: @escaping (Int) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }) {
    (self.onProgress, self.shouldStop) = (onProgress, shouldStop)
  }

  /// Fetches a file into a folder, which is made where it is absent. A file that is there and right is left alone.
  /// - Returns: the SHA-256 of the file.
  /// - Throws: `FetchError`; an unfinished download stays beside the destination under a hidden name.
  public func fetch(_ file: ModelFile, into folder: URL) throws -> String {
    let destination = folder.appendingPathComponent(file.name)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw FetchError.unwritable(path: folder.path, reason: "the folder cannot be made")
    }
    if let digest = try? SHA256.hex(of: destination), digest == file.sha256 { return digest }
    let partial = folder.appendingPathComponent(".\(file.name).partial")
    // A server that cannot continue, or has nothing behind what is here, is asked for the whole file once.
    if size(partial) > 0, try !download(file.url, to: partial, resuming: true) {
      try? FileManager.default.removeItem(at: partial)
    }
    if size(partial) == 0 { _ = try download(file.url, to: partial, resuming: false) }
    let digest = try SHA256.hex(of: partial)
    if let expected = file.sha256, expected != digest {
      try? FileManager.default.removeItem(at: partial)
      throw FetchError.wrongChecksum(url: file.url.absoluteString, found: digest, expected: expected)
    }
    guard rename(partial.path, destination.path) == 0 else {
      throw FetchError.unwritable(path: destination.path, reason: String(cString: strerror(errno)))
    }
    return digest
  }

  /// Runs curl once.
  /// - Returns: whether the file is complete; false only where it cannot be continued.
  private func download(_ url: URL, to partial: URL, resuming: Bool) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      [
        "curl", "--fail", "--location", "--silent", "--show-error", "--proto", "=https,http,file", "--connect-timeout",
        "20", "--speed-limit", "1", "--speed-time", "60", "--output", partial.path,
      ] + (resuming ? ["--continue-at", "-"] : []) + ["--", url.absoluteString]
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do { try process.run() } catch { throw FetchError.noCurl }
    while process.isRunning {
      if shouldStop() {
        // curl inherits what this program ignores, SIGTERM among it; what it has written stays.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        throw FetchError.interrupted(kept: size(partial))
      }
      onProgress(size(partial))
      Thread.sleep(forTimeInterval: 0.05)
    }
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return try judge(CurlStatus(process.terminationStatus), message, url, partial, resuming: resuming)
  }

  private func judge(
    _ status: CurlStatus, _ message: String, _ url: URL, _ partial: URL, resuming: Bool
  ) throws -> Bool {
    switch status {
    case .success: return true
    case .missing: throw FetchError.noCurl
    case .refused, .noRange:
      if resuming { return false }
      throw FetchError.refused(url: url.absoluteString, reason: message)
    case .unwritable: throw FetchError.unwritable(path: partial.path, reason: message)
    case .other:
      throw FetchError.unreachable(url: url.absoluteString, reason: message, kept: size(partial))
    }
  }

  private func size(_ url: URL) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }
}

/// What curl's exit code means here.
private enum CurlStatus {
  case success, missing, refused, noRange, unwritable, other

  init(_ code: Int32) {
    switch code {
    case 0: self = .success
    case 127: self = .missing
    // A wrong address, an answer of 400 or more, a file that cannot be read, a request for a range beyond the end.
    case 1, 3, 22, 37, 78: self = .refused
    case 33, 36: self = .noRange
    case 23: self = .unwritable
    default: self = .other
    }
  }
}

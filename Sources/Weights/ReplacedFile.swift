import Foundation

/// A file that is written under another name beside its destination and takes the destination's name at the end.
struct ReplacedFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Runs `body` with a new file and, where it succeeds, puts that file in the place of `url`. Where anything fails,
  /// `url` is what it was before and no other file is left.
  /// - Throws: `WeightsError.unwritable`, or what `body` throws.
  static func write(to url: URL, _ body: (borrowing ReplacedFile) throws -> Void) throws {
    let path = url.path
    let temporary = url.deletingLastPathComponent()
      .appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString).partial").path
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else { throw unwritable(path) }
    do {
      do {
        try body(ReplacedFile(descriptor: descriptor, path: path))
        guard fsync(descriptor) == 0 else { throw unwritable(path) }
      } catch {
        close(descriptor)
        throw error
      }
      guard close(descriptor) == 0, rename(temporary, path) == 0 else { throw unwritable(path) }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Writes all of `bytes` at the end of the file.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw Self.unwritable(path) }
      rest = rest.dropFirst(written)
    }
  }

  /// Writes all of `bytes` at the end of the file.
  func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

  private static func unwritable(_ path: String) -> WeightsError {
    .unwritable(path: path, reason: String(cString: strerror(errno)))
  }
}

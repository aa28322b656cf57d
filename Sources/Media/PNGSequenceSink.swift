import Foundation

/// Writes frames into a hidden folder beside the destination, then renames it.
final class PNGSequenceSink: FrameSink {
  private let destination: URL
  private let temporary: URL
  private let encoder: PNGEncoder
  private let firstNumber: Int
  private var count = 0

  init(_ url: URL, size: PixelSize, format: PNGEncoder.Format, firstNumber: Int = 0) throws {
    self.firstNumber = firstNumber
    destination = URL(fileURLWithPath: url.standardizedFileURL.path)
    try Self.checkReplaceable(destination)
    do {
      encoder = try PNGEncoder(size: size, format: format)
    } catch let error as EncodingFailed {
      throw MediaError.cannotWrite(path: url.path, detail: error.detail)
    }
    temporary = destination.deletingLastPathComponent()
      .appendingPathComponent(".\(UUID().uuidString).tmp.\(destination.lastPathComponent)")
    do {
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
    } catch {
      throw MediaError.cannotWrite(path: destination.path, detail: AtomicFile.reason(error))
    }
  }

  deinit { cancel() }

  func append(_ pixels: [UInt8]) throws {
    do {
      try encoder.encode(pixels).write(to: temporary.appendingPathComponent(Self.name(firstNumber + count)))
      count += 1
    } catch {
      throw MediaError.cannotWrite(
        path: destination.path, detail: (error as? EncodingFailed)?.detail ?? AtomicFile.reason(error))
    }
  }

  func finish() throws {
    guard count > 0 else { throw MediaError.cannotWrite(path: destination.path, detail: "it would have no frame") }
    try Self.checkReplaceable(destination)
    guard FileManager.default.fileExists(atPath: destination.path) else {
      return try AtomicFile.move(temporary, to: destination)
    }
    // What was there is only gone when the new sequence stands in its place.
    let earlier = temporary.appendingPathExtension("earlier")
    do {
      try FileManager.default.moveItem(at: destination, to: earlier)
    } catch {
      throw MediaError.cannotWrite(path: destination.path, detail: AtomicFile.reason(error))
    }
    do {
      try AtomicFile.move(temporary, to: destination)
    } catch {
      try? FileManager.default.moveItem(at: earlier, to: destination)
      throw error
    }
    try? FileManager.default.removeItem(at: earlier)
  }

  func cancel() { try? FileManager.default.removeItem(at: temporary) }

  private static func name(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".png"
  }

  /// Only an absent or empty folder, or an earlier sequence of ours, gives way.
  private static func checkReplaceable(_ folder: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else { return }
    let names = isFolder.boolValue ? try? FileManager.default.contentsOfDirectory(atPath: folder.path) : nil
    guard let names else {
      throw MediaError.cannotWrite(path: folder.path, detail: "a file of that name is in the way")
    }
    let foreign = names.first { $0.count < 9 || !$0.hasSuffix(".png") || Int($0.dropLast(4)) == nil }
    if let foreign {
      throw MediaError.cannotWrite(
        path: folder.path, detail: "the folder holds other files (\(foreign)); give an empty or a new folder")
    }
  }
}

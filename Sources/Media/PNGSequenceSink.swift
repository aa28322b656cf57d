import Foundation

/// Writes frames as PNG files of a folder, which appear together (`SequenceFolder`).
final class PNGSequenceSink: FrameSink {
  private let folder: SequenceFolder
  private let encoder: PNGEncoder
  private let firstNumber: Int
  private var count = 0

  init(_ url: URL, size: PixelSize, format: PNGEncoder.Format, firstNumber: Int = 0) throws {
    self.firstNumber = firstNumber
    do {
      encoder = try PNGEncoder(size: size, format: format)
    } catch let error as EncodingFailed {
      throw MediaError.cannotWrite(path: url.path, detail: error.detail)
    }
    folder = try SequenceFolder(url)
  }

  deinit { cancel() }

  func append(_ pixels: [UInt8]) throws {
    do {
      try encoder.encode(pixels).write(to: folder.pending(Self.name(firstNumber + count)))
      count += 1
    } catch {
      throw MediaError.cannotWrite(
        path: folder.destination.path, detail: (error as? EncodingFailed)?.detail ?? AtomicFile.reason(error))
    }
  }

  func finish() throws {
    guard count > 0 else {
      throw MediaError.cannotWrite(path: folder.destination.path, detail: "it would have no frame")
    }
    try folder.finish()
  }

  func cancel() { folder.cancel() }

  private static func name(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".png"
  }
}

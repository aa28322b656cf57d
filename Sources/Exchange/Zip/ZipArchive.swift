import CZlib
import Foundation
import Media

/// Reads the entries of a zip archive by name. Nothing is ever unpacked to disk, so a name is never a path.
///
/// The file is hostile until proven otherwise: every offset is checked against the file, and an entry is only inflated
/// where the size that it announces is believable for the bytes that it has.
struct ZipArchive {
  let path: String
  private let data: Data
  private let entries: [String: Entry]

  private struct Entry {
    var method: Int
    var checksum: UInt32
    var compressed: Int
    var size: Int
    var offset: Int
  }

  /// Bytes of one entry after inflating.
  static let largestEntry = 1 << 29
  /// Deflate cannot do better than this, so a larger claim is a lie.
  private static let largestRatio = 1032
  private static let mostEntries = 4096

  /// - Throws: `MediaError` where the file cannot be read, `ExchangeError` where it is no archive or damaged.
  init(contentsOf url: URL) throws {
    try self.init(InputFile.contents(of: url), path: url.path)
  }

  init(_ data: Data, path: String) throws {
    self.data = data
    self.path = path
    entries = try Self.directory(of: data, path: path)
  }

  /// Whether there is an entry of this name.
  func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The content of an entry.
  /// - Parameter limit: more bytes than this are refused before anything is allocated.
  /// - Throws: `ExchangeError`.
  func content(of name: String, limit: Int = largestEntry) throws -> Data {
    guard let entry = entries[name] else { throw corrupt("it holds no \(name)") }
    guard entry.size <= limit, entry.size <= entry.compressed * Self.largestRatio + 64 else {
      throw corrupt("\(name) claims to be \(entry.size) bytes")
    }
    let header = Reader(data: data, offset: entry.offset)
    guard entry.offset + ZipFormat.localHeaderBytes <= data.count, header.long(0) == ZipFormat.localHeader else {
      throw corrupt("the header of \(name) is missing")
    }
    let start = entry.offset + ZipFormat.localHeaderBytes + header.short(26) + header.short(28)
    guard start + entry.compressed <= data.count else { throw corrupt("\(name) is cut off") }
    let stored = data.subdata(in: data.startIndex + start..<data.startIndex + start + entry.compressed)
    let content = try inflate(stored, entry, name)
    let checksum = content.withUnsafeBytes { czlib_crc32($0.bindMemory(to: UInt8.self).baseAddress, $0.count) }
    guard checksum == entry.checksum else { throw corrupt("the checksum of \(name) is wrong") }
    return content
  }

  private func inflate(_ stored: Data, _ entry: Entry, _ name: String) throws -> Data {
    switch entry.method {
    case 0 where entry.size == entry.compressed:
      return stored
    case 8:
      var content = Data(count: entry.size)
      let code = content.withUnsafeMutableBytes { target in
        stored.withUnsafeBytes { source in
          czlib_inflate_raw(
            source.bindMemory(to: UInt8.self).baseAddress, source.count,
            target.bindMemory(to: UInt8.self).baseAddress, target.count)
        }
      }
      guard code == 0 else { throw corrupt("\(name) does not inflate") }
      return content
    default:
      throw corrupt("\(name) is packed by method \(entry.method), which no OpenRaster file uses")
    }
  }

  private func corrupt(_ detail: String) -> ExchangeError { .corrupt(path: path, detail: detail) }

  // MARK: - The directory at the end

  private static func directory(of data: Data, path: String) throws -> [String: Entry] {
    func corrupt(_ detail: String) -> ExchangeError { .corrupt(path: path, detail: detail) }
    guard let end = directoryEnd(of: data) else { throw corrupt("it is no zip archive, or cut off") }
    let record = Reader(data: data, offset: end)
    let (count, bytes, start) = (record.short(10), Int(record.long(12)), Int(record.long(16)))
    guard count <= mostEntries else { throw corrupt("it claims to hold \(count) files") }
    guard start + bytes <= end else { throw corrupt("its directory is damaged") }
    var entries: [String: Entry] = [:]
    var offset = start
    for _ in 0..<count {
      let item = Reader(data: data, offset: offset)
      guard offset + ZipFormat.directoryEntryBytes <= end, item.long(0) == ZipFormat.directoryEntry else {
        throw corrupt("its directory is damaged")
      }
      let nameEnd = offset + ZipFormat.directoryEntryBytes + item.short(28)
      guard nameEnd <= end else { throw corrupt("its directory is damaged") }
      let range = data.startIndex + offset + ZipFormat.directoryEntryBytes..<data.startIndex + nameEnd
      let name = String(decoding: data[range], as: UTF8.self)
      guard item.short(8) & 1 == 0 else { throw corrupt("\(name) is encrypted") }
      entries[name] = Entry(
        method: item.short(10), checksum: item.long(16), compressed: Int(item.long(20)), size: Int(item.long(24)),
        offset: Int(item.long(42)))
      offset = nameEnd + item.short(30) + item.short(32)
    }
    return entries
  }

  /// Where the last record begins: it ends the file but for a comment of at most 65,535 bytes.
  private static func directoryEnd(of data: Data) -> Int? {
    var offset = data.count - ZipFormat.directoryEndBytes
    let first = max(0, offset - 65_535)
    while offset >= first {
      if Reader(data: data, offset: offset).long(0) == ZipFormat.directoryEnd { return offset }
      offset -= 1
    }
    return nil
  }
}

/// Little-endian numbers of a record; zero beyond the end of the file.
private struct Reader {
  let data: Data
  let offset: Int

  func short(_ position: Int) -> Int { Int(byte(position)) | Int(byte(position + 1)) << 8 }
  func long(_ position: Int) -> UInt32 { UInt32(short(position)) | UInt32(short(position + 2)) << 16 }

  private func byte(_ position: Int) -> UInt8 {
    let index = offset + position
    return index >= 0 && index < data.count ? data[data.startIndex + index] : 0
  }
}

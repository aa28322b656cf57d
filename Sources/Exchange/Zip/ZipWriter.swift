import CZlib
import Foundation

/// Makes a zip archive in memory. Entries are stored as they are: what OpenRaster holds (PNG) is compressed already.
///
/// All entries carry the same date (1980-01-01), so that the same content gives the same bytes.
struct ZipWriter {
  private var bytes = Data()
  private var directory = Data()
  private var count = 0

  private static let date: UInt16 = 0x0021

  /// Adds an entry.
  /// - Throws: `ExchangeError.encoding` beyond the 4 GB and 65,535 entries of the classic format.
  mutating func add(_ name: String, _ content: Data) throws {
    guard content.count < 1 << 31, bytes.count + content.count < Int(UInt32.max), count < 65_535 else {
      throw ExchangeError.encoding(detail: "a zip archive of more than 4 GB is not written")
    }
    let offset = bytes.count
    let checksum = content.withUnsafeBytes { czlib_crc32($0.bindMemory(to: UInt8.self).baseAddress, $0.count) }
    var common = Data()
    // Version needed, flags (names are UTF-8), method 0 (stored), time, date.
    for value in [20, 0x0800, 0, 0, Self.date] as [UInt16] { common.append(littleEndian: value) }
    common.append(littleEndian: checksum)
    common.append(littleEndian: UInt32(content.count))
    common.append(littleEndian: UInt32(content.count))
    common.append(littleEndian: UInt16(name.utf8.count))
    common.append(littleEndian: UInt16(0))

    bytes.append(littleEndian: ZipFormat.localHeader)
    bytes.append(common)
    bytes.append(contentsOf: name.utf8)
    bytes.append(content)

    directory.append(littleEndian: ZipFormat.directoryEntry)
    directory.append(littleEndian: UInt16(20))
    directory.append(common)
    // Comment length, disk, internal attributes; external attributes; place of the local header.
    for _ in 0..<3 { directory.append(littleEndian: UInt16(0)) }
    directory.append(littleEndian: UInt32(0))
    directory.append(littleEndian: UInt32(offset))
    directory.append(contentsOf: name.utf8)
    count += 1
  }

  /// The whole archive.
  func finished() -> Data {
    var archive = bytes
    archive.append(directory)
    archive.append(littleEndian: ZipFormat.directoryEnd)
    for value in [0, 0, count, count] { archive.append(littleEndian: UInt16(value)) }
    archive.append(littleEndian: UInt32(directory.count))
    archive.append(littleEndian: UInt32(bytes.count))
    archive.append(littleEndian: UInt16(0))
    return archive
  }
}

/// The signatures of a zip file's records, and their fixed sizes.
enum ZipFormat {
  static let localHeader: UInt32 = 0x0403_4B50
  static let directoryEntry: UInt32 = 0x0201_4B50
  static let directoryEnd: UInt32 = 0x0605_4B50
  static let localHeaderBytes = 30
  static let directoryEntryBytes = 46
  static let directoryEndBytes = 22
}

extension Data {
  fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }
}

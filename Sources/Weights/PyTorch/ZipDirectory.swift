import Foundation

/// The list of files at the end of a zip file, with the bytes that each takes. Compressed or encrypted files are
/// refused: PyTorch writes none.
struct ZipDirectory {
  /// The largest list that is read, in bytes: 500,000 files.
  private static let maximumByteCount = 64 << 20
  private static let endSize = 22
  private static let longestComment = 65_535

  /// For each file the bytes of the zip file that are its content.
  private(set) var entries: [String: Range<Int>] = [:]

  /// - Throws: `Damage`.
  init(_ data: Data) throws {
    let (count, directory) = try Self.directory(data)
    var cursor = ByteCursor(data, directory)
    for _ in 0..<count {
      let begin = cursor.position
      let (name, range) = try Self.entry(&cursor, data)
      guard entries.updateValue(range, forKey: name) == nil else {
        throw Damage(what: "a second file '\(name)' in the zip file", position: begin)
      }
    }
  }

  /// Finds the end record, which may have a comment behind it, and what it says about the list.
  private static func directory(_ data: Data) throws -> (count: Int, range: Range<Int>) {
    let signature: [UInt8] = [0x50, 0x4b, 5, 6]
    let tail = data.suffix(endSize + longestComment)
    guard let found = tail.lastRange(of: signature), data.endIndex - found.lowerBound >= endSize else {
      throw Damage(what: "a zip file without its list of files; the end is missing", position: data.count)
    }
    let end = found.lowerBound - data.startIndex
    var cursor = ByteCursor(data, end + 10..<data.count)
    var count = Int(try cursor.integer(UInt16.self))
    var size = UInt64(try cursor.integer(UInt32.self))
    var offset = UInt64(try cursor.integer(UInt32.self))
    if let wide = try wideDirectory(data, end) { (count, size, offset) = wide }
    guard size <= maximumByteCount, offset <= UInt64(end), size <= UInt64(end) - offset else {
      throw Damage(
        what: "a list of files of \(size) bytes at \(offset), which is not within the zip file", position: end)
    }
    return (count, Int(offset)..<Int(offset) + Int(size))
  }

  /// The record with 64-bit numbers, where there is one.
  private static func wideDirectory(_ data: Data, _ end: Int) throws -> (Int, UInt64, UInt64)? {
    guard end >= 20 else { return nil }
    var locator = ByteCursor(data, end - 20..<end)
    guard try locator.integer(UInt32.self) == 0x0706_4b50 else { return nil }
    try locator.skip(4)
    let place = try locator.integer(UInt64.self)
    guard place <= UInt64(end) else {
      throw Damage(what: "a 64-bit list of files that is not within the zip file", position: end - 20)
    }
    var record = ByteCursor(data, Int(place)..<end)
    guard try record.integer(UInt32.self) == 0x0606_4b50 else { throw record.damage("no 64-bit list of files") }
    try record.skip(28)
    let count = try record.integer(UInt64.self)
    let (size, offset) = (try record.integer(UInt64.self), try record.integer(UInt64.self))
    // Each entry takes 46 bytes at least.
    guard count <= size / 46 else { throw record.damage("\(count) files in a list of \(size) bytes") }
    return (Int(count), size, offset)
  }

  private static func entry(_ cursor: inout ByteCursor, _ data: Data) throws -> (String, Range<Int>) {
    guard try cursor.integer(UInt32.self) == 0x0201_4b50 else { throw cursor.damage("no entry of the list of files") }
    try cursor.skip(4)
    let flags = try cursor.integer(UInt16.self)
    let method = try cursor.integer(UInt16.self)
    try cursor.skip(8)
    var packed = UInt64(try cursor.integer(UInt32.self))
    var size = UInt64(try cursor.integer(UInt32.self))
    let (nameLength, extraLength) = (Int(try cursor.integer(UInt16.self)), Int(try cursor.integer(UInt16.self)))
    let commentLength = Int(try cursor.integer(UInt16.self))
    try cursor.skip(8)
    var offset = UInt64(try cursor.integer(UInt32.self))
    let name = try cursor.text(nameLength)
    var extra = ByteCursor(data, cursor.position..<min(cursor.position + extraLength, cursor.end))
    try cursor.skip(extraLength + commentLength)
    try readWide(&extra, &size, &packed, &offset)
    guard method == 0, flags & 1 == 0, packed == size else {
      throw cursor.damage("the compressed or encrypted file '\(name)', where PyTorch writes plain ones,")
    }
    return (name, try content(of: name, data, offset, size))
  }

  /// The 64-bit numbers of an entry, which stand in the extra field in this order where the 32-bit ones are all ones.
  private static func readWide(
    _ extra: inout ByteCursor, _ size: inout UInt64, _ packed: inout UInt64, _ offset: inout UInt64
  ) throws {
    while extra.remaining >= 4 {
      let kind = try extra.integer(UInt16.self)
      let length = try extra.length(UInt16.self)
      let next = extra.remaining - length
      if kind == 1 {
        if size == UInt32.max { size = try extra.integer(UInt64.self) }
        if packed == UInt32.max { packed = try extra.integer(UInt64.self) }
        if offset == UInt32.max { offset = try extra.integer(UInt64.self) }
        guard extra.remaining >= next else { throw extra.damage("a 64-bit entry that is too short") }
      }
      try extra.skip(extra.remaining - next)
    }
  }

  /// The content lies behind the file's own header, whose length that header tells.
  private static func content(of name: String, _ data: Data, _ offset: UInt64, _ size: UInt64) throws -> Range<Int> {
    guard offset < UInt64(data.count) else {
      throw Damage(what: "the file '\(name)' beyond the zip file's end", position: data.count)
    }
    var header = ByteCursor(data, Int(offset)..<data.count)
    guard try header.integer(UInt32.self) == 0x0403_4b50 else { throw header.damage("no header of '\(name)'") }
    try header.skip(22)
    let (nameLength, extraLength) = (Int(try header.integer(UInt16.self)), Int(try header.integer(UInt16.self)))
    try header.skip(nameLength + extraLength)
    guard size <= UInt64(header.remaining) else {
      throw header.damage("'\(name)' of \(size) bytes where \(header.remaining) are left")
    }
    return header.position..<header.position + Int(size)
  }
}

extension Data {
  /// Where a sequence of bytes stands last.
  fileprivate func lastRange(of bytes: [UInt8]) -> Range<Int>? {
    range(of: Data(bytes), options: .backwards)
  }
}

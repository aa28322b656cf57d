import Foundation

/// A reader for the little of JSON that a safetensors header is made of: objects, strings, arrays of whole numbers.
///
/// It exists because a general parser silently drops duplicate keys and takes many times the header's size in memory.
/// It never recurses by itself: the depth is what its caller asks for.
struct HeaderScanner {
  /// What is wrong with the text, and where.
  struct Problem: Error {
    let what: String
    let position: Int
  }

  private let text: [UInt8]
  private(set) var position = 0

  init(_ text: [UInt8]) { self.text = text }

  /// Reads `{"key": value, ...}`; `value` must read the value that stands at the scanner's place.
  mutating func object(_ value: (_ key: String, inout HeaderScanner) throws -> Void) throws {
    try list(from: "{", to: "}") { scanner in
      let key = try scanner.string()
      try scanner.expect(":")
      try value(key, &scanner)
    }
  }

  /// Reads `[1, 2, ...]`.
  mutating func integers() throws -> [Int] {
    var values: [Int] = []
    try list(from: "[", to: "]") { try values.append($0.integer()) }
    return values
  }

  /// Reads a string with its escapes.
  mutating func string() throws -> String {
    try expect("\"")
    let begin = position
    var bytes: [UInt8] = []
    while position < text.count {
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(bytes: bytes, encoding: .utf8) else { throw problem("text that is not UTF-8", begin) }
        return string
      case UInt8(ascii: "\\"): try bytes.append(contentsOf: escape())
      case 0..<0x20: throw problem("a control character in a string", position - 1)
      default: bytes.append(byte)
      }
    }
    throw problem("a string without an end", begin)
  }

  /// Checks that only white space is left: writers pad the header with it.
  mutating func end() throws {
    skipSpace()
    guard position == text.count else { throw problem("something behind the closing brace", position) }
  }

  private mutating func list(
    from open: Unicode.Scalar, to close: Unicode.Scalar, _ element: (inout HeaderScanner) throws -> Void
  ) throws {
    try expect(open)
    if accept(close) { return }
    repeat { try element(&self) } while accept(",")
    try expect(close)
  }

  private mutating func integer() throws -> Int {
    skipSpace()
    let begin = position
    if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
    while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) { position += 1 }
    guard let value = Int(String(decoding: text[begin..<position], as: UTF8.self)) else {
      throw problem("no whole number of 64 bits", begin)
    }
    return value
  }

  private mutating func escape() throws -> [UInt8] {
    guard position < text.count else { throw problem("a string without an end", position) }
    let byte = text[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw problem("an unknown escape", position - 1)
    }
  }

  /// Four hexadecimal digits, or two such groups that form a surrogate pair.
  private mutating func unicodeEscape() throws -> [UInt8] {
    let begin = position
    var units = [try hexadecimalUnit()]
    if UTF16.isLeadSurrogate(units[0]), text[position...].starts(with: Array("\\u".utf8)) {
      position += 2
      units.append(try hexadecimalUnit())
    }
    var bytes: [UInt8] = []
    let broken = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true) {
      bytes.append($0)
    }
    guard !broken else { throw problem("half of a surrogate pair", begin) }
    return bytes
  }

  private mutating func hexadecimalUnit() throws -> UInt16 {
    let digits = text[position...].prefix(4)
    guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw problem("an incomplete \\u escape", position) }
    position += 4
    return unit
  }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[position]) { position += 1 }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard accept(character) else { throw problem("'\(character)' expected but not found", position) }
  }

  private func problem(_ what: String, _ position: Int) -> Problem { Problem(what: what, position: position) }
}

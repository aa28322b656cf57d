import Foundation

/// Damage found while reading a container, at a byte of the file. Whoever knows the file's path makes a `WeightsError`.
struct Damage: Error {
  let what: String
  let position: Int
}

/// Reads numbers and texts from a part of a file, and never beyond its end.
struct ByteCursor {
  private let data: Data
  /// The byte of the file that comes next.
  private(set) var position: Int
  /// The first byte that does not belong to the part.
  let end: Int

  /// - Parameters:
  ///   - data: the whole file.
  ///   - range: the part to read, cut to the file's size.
  init(_ data: Data, _ range: Range<Int>) {
    self.data = data
    end = min(max(range.upperBound, 0), data.count)
    position = min(max(range.lowerBound, 0), end)
  }

  /// How many bytes are left.
  var remaining: Int { end - position }

  mutating func byte() throws -> UInt8 {
    guard position < end else { throw damage("it ends too early") }
    defer { position += 1 }
    return data[data.startIndex + position]
  }

  /// A whole number, little endian.
  mutating func integer<Number: FixedWidthInteger>(_: Number.Type) throws -> Number {
    let size = MemoryLayout<Number>.size
    let range = try take(size)
    return data[range].withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
  }

  /// A length that is not longer than what is left.
  mutating func length<Number: FixedWidthInteger>(_: Number.Type) throws -> Int {
    let value = try integer(Number.self)
    guard let length = Int(exactly: value), (0...remaining).contains(length) else {
      throw damage("a length of \(value) where \(remaining) bytes are left")
    }
    return length
  }

  /// A text of so many bytes.
  mutating func text(_ count: Int) throws -> String {
    let begin = position
    guard let text = String(bytes: data[try take(count)], encoding: .utf8) else {
      throw Damage(what: "text that is not UTF-8", position: begin)
    }
    return text
  }

  /// A text that ends with a new-line character, without it.
  mutating func line() throws -> String {
    let rest = data[data.startIndex + position..<data.startIndex + end]
    guard let stop = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw damage("a line without an end") }
    let text = try text(stop - rest.startIndex)
    position += 1
    return text
  }

  mutating func skip(_ count: Int) throws { _ = try take(count) }

  func damage(_ what: String) -> Damage { Damage(what: what, position: position) }

  private mutating func take(_ count: Int) throws -> Range<Int> {
    guard count >= 0, count <= remaining else { throw damage("it ends too early") }
    defer { position += count }
    return data.startIndex + position..<data.startIndex + position + count
  }
}

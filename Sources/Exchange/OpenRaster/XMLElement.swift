/// One element of a small XML file: its name, attributes and child elements. Text between elements is dropped.
struct XMLElement: Equatable {
  var name: String
  var attributes: [String: String] = [:]
  var children: [XMLElement] = []

  /// `&`, `<`, `>` and quotation marks written so that they can stand in an attribute; control characters, which XML
  /// cannot hold, left out.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case _ where scalar.value < 32: break
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

/// Reads XML without a document type: elements, attributes, comments, the predefined entities. That is all that
/// OpenRaster uses, and document types are how XML files attack their readers.
struct XMLScanner {
  struct Fault: Error, Equatable { var detail: String }

  private let bytes: [UInt8]
  private var index = 0

  /// Elements within elements beyond this are no paint file.
  private static let deepest = 64

  /// The root element of a document.
  /// - Throws: `Fault`.
  static func root(of bytes: [UInt8]) throws -> XMLElement {
    var scanner = XMLScanner(bytes: bytes)
    try scanner.skipMisc()
    let root = try scanner.element(depth: 0)
    try scanner.skipMisc()
    guard scanner.index == bytes.count else { throw Fault(detail: "there is something after its end") }
    return root
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
  }

  private mutating func element(depth: Int) throws -> XMLElement {
    guard depth < Self.deepest else { throw Fault(detail: "its elements are nested too deeply") }
    guard take("<") else { throw Fault(detail: "an element is missing") }
    var element = XMLElement(name: try name())
    while true {
      skipSpace()
      if take("/>") { return element }
      if take(">") { break }
      let key = try name()
      skipSpace()
      guard take("=") else { throw Fault(detail: "attribute \(key) has no value") }
      skipSpace()
      element.attributes[key] = try value()
    }
    while true {
      while index < bytes.count, bytes[index] != UInt8(ascii: "<") { index += 1 }
      if take("<!--") {
        try skip(to: "-->")
      } else if take("</") {
        guard try name() == element.name else { throw Fault(detail: "\(element.name) is not closed") }
        skipSpace()
        guard take(">") else { throw Fault(detail: "\(element.name) is not closed") }
        return element
      } else {
        element.children.append(try self.element(depth: depth + 1))
      }
    }
  }

  /// Declaration, comments and space around the root element.
  private mutating func skipMisc() throws {
    while true {
      skipSpace()
      if take("<?") {
        try skip(to: "?>")
      } else if take("<!--") {
        try skip(to: "-->")
      } else if take("<!") {
        throw Fault(detail: "document types are not accepted")
      } else {
        return
      }
    }
  }

  private mutating func name() throws -> String {
    let start = index
    while index < bytes.count, Self.isNamePart(bytes[index]) { index += 1 }
    guard index > start else { throw Fault(detail: "a name is missing at byte \(start)") }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func value() throws -> String {
    guard index < bytes.count, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[index]) else {
      throw Fault(detail: "a value is not quoted at byte \(index)")
    }
    let quote = bytes[index]
    let start = index + 1
    guard let end = bytes[start...].firstIndex(of: quote) else { throw Fault(detail: "a quotation is not closed") }
    index = end + 1
    return try Self.unescaped(bytes[start..<end])
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) throws -> String {
    let parts = String(decoding: text, as: UTF8.self).split(separator: "&", omittingEmptySubsequences: false)
    var result = String(parts[0])
    for part in parts.dropFirst() {
      guard let end = part.firstIndex(of: ";") else { throw Fault(detail: "an entity is not closed") }
      result += try character(of: part[..<end])
      result += part[part.index(after: end)...]
    }
    return result
  }

  private static func character(of entity: Substring) throws -> String {
    switch entity {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      let isHex = entity.hasPrefix("#x")
      guard entity.hasPrefix("#"), let code = UInt32(entity.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10),
        let scalar = Unicode.Scalar(code)
      else { throw Fault(detail: "the entity &\(entity.prefix(20)); is unknown") }
      return String(scalar)
    }
  }

  private mutating func take(_ text: StaticString) -> Bool {
    let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard index + wanted.count <= bytes.count, bytes[index..<index + wanted.count].elementsEqual(wanted) else {
      return false
    }
    index += wanted.count
    return true
  }

  private mutating func skip(to text: StaticString) throws {
    while index < bytes.count {
      if take(text) { return }
      index += 1
    }
    throw Fault(detail: "it ends early")
  }

  private mutating func skipSpace() {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }

  private static func isNamePart(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"),
      UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }
}

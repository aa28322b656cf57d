import Foundation
import Logging

/// Writes log messages to stderr: as sentences, or as one JSON object a line with the metadata as fields.
struct StandardErrorLog: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level
  let format: LogFormat

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }
    Terminal.write(format == .json ? json(event, fields) : text(event))
  }

  private func text(_ event: LogEvent) -> String {
    event.level >= .warning ? "\(event.level): \(event.message)\n" : "\(event.message)\n"
  }

  private func json(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
    var object: [String: JSONField] = [
      "time": .string(Date().formatted(.iso8601)), "level": .string(event.level.rawValue),
      "message": .string("\(event.message)"),
    ]
    for (key, value) in fields { object[key] = JSONField(value) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(object) else { return "" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}

/// A metadata value as JSON: numbers stay numbers.
private enum JSONField: Encodable {
  case string(String)
  case number(Double)
  case whole(Int)
  case flag(Bool)
  case none
  case array([JSONField])
  case object([String: JSONField])

  init(_ value: Logger.MetadataValue) {
    switch value {
    case .string(let text): self = .string(text)
    case .stringConvertible(let flag as Bool): self = .flag(flag)
    case .stringConvertible(let number as Int): self = .whole(number)
    case .stringConvertible(let number as Double): self = number.isFinite ? .number(number) : .none
    case .stringConvertible(let other): self = .string(other.description)
    case .array(let values): self = .array(values.map(JSONField.init))
    case .dictionary(let fields): self = .object(fields.mapValues(JSONField.init))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .whole(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .none: try container.encodeNil()
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

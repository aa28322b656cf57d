import Foundation

/// The fields of a configuration that differ from its defaults, as JSON: what a run record stores, and what
/// `--set key=value` adds to.
public enum SettingsDifference {
  /// The fields of `value` that are not as in `base`; nested objects are compared field by field.
  public static func of<Value: Encodable>(_ value: Value, from base: Value) throws -> [String: JSONValue] {
    guard case .object(let fields) = try JSONValue(encoding: value),
      case .object(let defaults) = try JSONValue(encoding: base)
    else { return [:] }
    return difference(fields, defaults)
  }

  /// `base` with the fields of `changes` put in.
  /// - Throws: `SessionError.badSetting` for a field that `base` does not have or a value of another type.
  public static func apply<Value: Codable>(_ changes: [String: JSONValue], to base: Value) throws -> Value {
    guard case .object(let fields) = try JSONValue(encoding: base) else { return base }
    let merged = try merge(changes, into: fields, path: "")
    do {
      return try JSONValue.object(merged).decode(Value.self)
    } catch let error as DecodingError {
      throw SessionError.badSetting(
        key: changes.keys.sorted().joined(separator: ", "), reason: "the value does not fit (\(error.brief))")
    }
  }

  /// `key.of.a.field=value` as a change; the value is read as JSON, and as a string where it is none.
  public static func parse(_ assignment: String) throws -> [String: JSONValue] {
    guard let equals = assignment.firstIndex(of: "="), equals != assignment.startIndex else {
      throw SessionError.badSetting(key: assignment, reason: "expected KEY=VALUE")
    }
    let text = String(assignment[assignment.index(after: equals)...])
    var value = (try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))) ?? .string(text)
    for key in assignment[..<equals].split(separator: ".").reversed() { value = .object([String(key): value]) }
    guard case .object(let change) = value else {
      throw SessionError.badSetting(key: assignment, reason: "expected KEY=VALUE")
    }
    return change
  }

  /// Several assignments, later ones put over earlier ones.
  public static func parse(_ assignments: [String]) throws -> [String: JSONValue] {
    try assignments.reduce([:]) { combine($0, try parse($1)) }
  }

  /// `changes` with `more` put over them.
  public static func combine(_ changes: [String: JSONValue], _ more: [String: JSONValue]) -> [String: JSONValue] {
    changes.merging(more) { old, new in
      guard case .object(let a) = old, case .object(let b) = new else { return new }
      return .object(combine(a, b))
    }
  }

  private static func difference(
    _ fields: [String: JSONValue], _ defaults: [String: JSONValue]
  ) -> [String: JSONValue] {
    var result: [String: JSONValue] = [:]
    for (key, value) in fields where value != defaults[key] {
      if case .object(let inner) = value, case .object(let innerDefaults)? = defaults[key] {
        result[key] = .object(difference(inner, innerDefaults))
      } else {
        result[key] = value
      }
    }
    return result
  }

  /// A case of an enum is an object with the case's name as its only field: another case replaces it as a whole.
  private static func isOtherCase(_ new: [String: JSONValue], _ old: [String: JSONValue]) -> Bool {
    new.count == 1 && old.count == 1 && new.keys.first != old.keys.first
  }

  private static func merge(
    _ changes: [String: JSONValue], into fields: [String: JSONValue], path: String
  ) throws -> [String: JSONValue] {
    var result = fields
    for (key, value) in changes {
      guard let old = fields[key] else {
        throw SessionError.badSetting(
          key: path + key, reason: "there is no such setting; there are \(fields.keys.sorted().joined(separator: ", "))"
        )
      }
      if case .object(let inner) = value, case .object(let oldInner) = old, !isOtherCase(inner, oldInner) {
        result[key] = .object(try merge(inner, into: oldInner, path: path + key + "."))
      } else {
        result[key] = value
      }
    }
    return result
  }
}

extension DecodingError {
  /// One line about what did not decode.
  var brief: String {
    switch self {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    case .keyNotFound(let key, _):
      return "'\(key.stringValue)' is missing"
    @unknown default:
      return "it does not decode"
    }
  }
}

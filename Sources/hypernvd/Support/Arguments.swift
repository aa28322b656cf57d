import ArgumentParser
import Foundation
import Media
import Session

/// `0...15` (with its end) or `0..<16` (without it; a shell wants this in quotes): frames of the source, counted from 0.
struct FrameRange: ExpressibleByArgument, Equatable {
  let frames: Range<Int>

  init?(argument: String) {
    let closed = argument.components(separatedBy: "...")
    let open = argument.components(separatedBy: "..<")
    let parts = closed.count == 2 ? closed : open
    guard parts.count == 2, let first = Int(parts[0]), let last = Int(parts[1]), first >= 0, last < Int.max else {
      return nil
    }
    let end = closed.count == 2 ? last + 1 : last
    guard end > first else { return nil }
    frames = first..<end
  }
}

/// `768x432`, in pixels.
struct SizeArgument: ExpressibleByArgument, Equatable {
  /// What a side may be.
  static let sides = 16...8192
  let size: PixelSize

  var defaultValueDescription: String { "\(size.width)x\(size.height)" }

  init(size: PixelSize) { self.size = size }

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      SizeArgument.sides.contains(width), SizeArgument.sides.contains(height),
      width.isMultiple(of: 2), height.isMultiple(of: 2)
    else { return nil }
    size = PixelSize(width: width, height: height)
  }
}

/// `source`, or `1920x1080`.
struct OutputSizeArgument: ExpressibleByArgument, Equatable {
  let size: OutputSize

  init?(argument: String) {
    if argument == "source" {
      size = .source
    } else {
      guard let pixels = SizeArgument(argument: argument) else { return nil }
      size = .pixels(pixels.size)
    }
  }
}

/// `10m`, `90s`, `1h30m`, or plain seconds.
struct Duration: ExpressibleByArgument, Equatable, CustomStringConvertible {
  let seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    guard let seconds = Duration.parse(argument), seconds > 0, seconds.isFinite, seconds <= 30 * 86_400 else {
      return nil
    }
    self.seconds = seconds
  }

  var description: String { "\(Int(seconds))s" }

  private static func parse(_ text: String) -> Double? {
    let units: [(name: Character, seconds: Double)] = [("h", 3600), ("m", 60), ("s", 1)]
    var rest = text[...]
    var total = 0.0
    var found = false
    for unit in units {
      guard let end = rest.firstIndex(of: unit.name) else { continue }
      guard let value = plainNumber(rest[..<end]) else { return nil }
      total += value * unit.seconds
      rest = rest[rest.index(after: end)...]
      found = true
    }
    if found { return rest.isEmpty ? total : nil }
    return plainNumber(rest)
  }

  /// Digits with at most one point: no sign, no exponent, no "nan".
  private static func plainNumber(_ text: Substring) -> Double? {
    guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
    return Double(text)
  }
}

/// Values with commas between them.
struct ListArgument<Value: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
  let values: [Value]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    values = parts.compactMap(Value.init(argument:))
    guard !values.isEmpty, values.count == parts.count else { return nil }
  }
}

/// `LAYER=FILE.png`: a picture that replaces the texture of a layer.
struct EditArgument: ExpressibleByArgument, Equatable {
  let layer: String
  let path: String

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    layer = String(argument[..<equals])
    path = String(argument[argument.index(after: equals)...])
    if path.isEmpty { return nil }
  }
}

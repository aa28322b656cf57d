import ArgumentParser
import Foundation
import Session

/// Which objects the layers are made of: the options of every subcommand that needs masks.
struct MaskOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Masks of the objects: a folder of images (one a frame; a folder of folders for several objects), or a video; "
        + "auto: the object that stands out and moves; moving: everything that moves by itself.", valueName: "path"))
  var masks: String?

  @Option(
    help: ArgumentHelp(
      "The mask of one frame (of the source, counted from 0); the others follow from it. A palette picture holds an "
        + "object an index. Repeatable.", valueName: "[name:]frame=png"))
  var mask: [MaskHintArgument<PictureHint>] = []

  @Option(
    help: ArgumentHelp(
      "A box around the object, in pixels of the source (default: in the first frame). Repeatable.",
      valueName: "[name:][frame=]x,y,w,h"))
  var box: [MaskHintArgument<BoxHint>] = []

  @Option(
    help: ArgumentHelp(
      "A place on the object, in pixels of the source. Repeatable.", valueName: "[name:][frame=]x,y"))
  var point: [MaskHintArgument<PointHint>] = []

  @Option(
    help: ArgumentHelp(
      "A place that is not on the object. Repeatable.", valueName: "[name:][frame=]x,y"))
  var notPoint: [MaskHintArgument<NotPointHint>] = []

  func validate() throws {
    if point.isEmpty && mask.isEmpty && box.isEmpty && !notPoint.isEmpty {
      throw ValidationError("--not-point says where the object is not; say where it is with --point, --box or --mask.")
    }
  }

  /// Masks by these options; the main object where there are none.
  var choice: MaskChoice {
    let base = masks.map { MaskChoice($0) } ?? .automatic
    let hints = mask.map(\.hint) + box.map(\.hint) + point.map(\.hint) + notPoint.map(\.hint)
    return hints.isEmpty ? base : .guided(by: hints, over: base)
  }
}

/// What stands behind the `=` of a hint.
protocol MaskHintSyntax {
  static var needsFrame: Bool { get }
  static func shape(_ text: String) -> MaskHint.Shape?
}

enum PictureHint: MaskHintSyntax {
  static let needsFrame = true
  static func shape(_ text: String) -> MaskHint.Shape? { text.isEmpty ? nil : .mask(path: text) }
}

enum BoxHint: MaskHintSyntax {
  static let needsFrame = false
  static func shape(_ text: String) -> MaskHint.Shape? {
    guard let numbers = coordinates(text, count: 4), numbers[2] > 0, numbers[3] > 0 else { return nil }
    return .box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }
}

enum PointHint: MaskHintSyntax {
  static let needsFrame = false
  static func shape(_ text: String) -> MaskHint.Shape? {
    coordinates(text, count: 2).map { .point(x: $0[0], y: $0[1], isOnObject: true) }
  }
}

enum NotPointHint: MaskHintSyntax {
  static let needsFrame = false
  static func shape(_ text: String) -> MaskHint.Shape? {
    coordinates(text, count: 2).map { .point(x: $0[0], y: $0[1], isOnObject: false) }
  }
}

private func coordinates(_ text: String, count: Int) -> [Double]? {
  let numbers = text.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
  guard numbers.count == count, text.filter({ $0 == "," }).count == count - 1,
    numbers.allSatisfy({ $0.isFinite && abs($0) < 1e6 })
  else { return nil }
  return numbers
}

/// `[name:][frame=]rest`.
struct MaskHintArgument<Syntax: MaskHintSyntax>: ExpressibleByArgument {
  let hint: MaskHint

  init?(argument: String) {
    var rest = argument[...]
    var layer: String?
    let beforeFrame = rest.prefix { $0 != "=" }
    if let colon = beforeFrame.firstIndex(of: ":") {
      let name = rest[..<colon]
      guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else { return nil }
      layer = String(name)
      rest = rest[rest.index(after: colon)...]
    }
    var frame: Int?
    if let equals = rest.firstIndex(of: "=") {
      guard let number = Int(rest[..<equals]), number >= 0 else { return nil }
      frame = number
      rest = rest[rest.index(after: equals)...]
    }
    guard frame != nil || !Syntax.needsFrame, let shape = Syntax.shape(String(rest)) else { return nil }
    hint = MaskHint(layer: layer, frame: frame, shape)
  }
}

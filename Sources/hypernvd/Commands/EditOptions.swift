import ArgumentParser
import Editing
import Foundation
import Session

/// Painted frames on a command line.
struct FrameEditOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A painted frame (counted from 0), or only the paint on transparent ground, of the clip's shape. Repeatable.",
      valueName: "frame=png"))
  var frameEdit: [FrameEditArgument] = []

  @Option(
    help: ArgumentHelp("The layer that takes the paint (default: the one that owns each pixel).", valueName: "layer"))
  var onto: String?

  func validate() throws {
    if onto != nil && frameEdit.isEmpty { throw ValidationError("--onto belongs to --frame-edit.") }
  }
}

/// Edits that a project keeps, on a command line.
struct KeptEditOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Keep the edits of textures in the project under this name.", valueName: "name"))
  var keep: String?
  @Option(help: ArgumentHelp("Use a kept edit, under all others. Repeatable.", valueName: "name")) var use: [String] =
    []
}

/// Overlays on a command line. An option that is given once holds for all of them; given as often as `--overlay`, the
/// first belongs to the first, and so on.
struct OverlayOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A picture that moves with a layer. Repeatable.", valueName: "layer=png"))
  var overlay: [EditArgument] = []

  @Option(
    name: [.customLong("at"), .customLong("at-frame")],
    help: ArgumentHelp(
      "Where its middle is: u,v on the texture (0 to 1 from the top left), or frame:x,y in pixels of a frame. "
        + "Default: the middle of the layer in the middle frame.", valueName: "place"))
  var place: [PlaceArgument] = []

  @Option(help: ArgumentHelp("Pixels of the frame a pixel of the picture (default: 1).", valueName: "factor"))
  var scale: [Double] = []
  // Without condition: -8 is an angle, not an option.
  @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Degrees, clockwise.", valueName: "angle"))
  var rotate: [Double] = []
  @Option(help: ArgumentHelp("The layer that covers it (default: those in front of its own).", valueName: "layer"))
  var behind: [String] = []
  @Flag(help: "Let the light of the layer fall on overlays.") var lit = false

  func validate() throws {
    let given = [
      ("--at", place.count), ("--scale", scale.count), ("--rotate", rotate.count), ("--behind", behind.count),
      ("--lit", lit ? 1 : 0),
    ]
    for (name, count) in given where count > 0 {
      if overlay.isEmpty { throw ValidationError("\(name) belongs to --overlay.") }
      if count != 1 && count != overlay.count {
        throw ValidationError(
          "\(name) is given \(count) times for \(overlay.count) overlays; give it once or for each.")
      }
    }
    if let bad = scale.first(where: { !($0 >= 0.001 && $0 <= 1000) }) {
      throw ValidationError("--scale must be from 0.001 to 1000, not \(bad).")
    }
    if let bad = rotate.first(where: { !$0.isFinite }) { throw ValidationError("--rotate \(bad) is no angle.") }
  }

  var stickers: [RenderRequest.Sticker] {
    overlay.enumerated().map { index, overlay in
      func own<Value>(_ values: [Value]) -> Value? { values.count > 1 ? values[index] : values.first }
      var sticker = RenderRequest.Sticker(layer: overlay.layer, path: overlay.path)
      sticker.place = own(place)?.place ?? .middle
      sticker.scale = own(scale) ?? 1
      sticker.rotation = own(rotate) ?? 0
      sticker.behind = own(behind)
      sticker.isLit = lit
      return sticker
    }
  }
}

/// `12=painted.png`: a painted frame.
struct FrameEditArgument: ExpressibleByArgument, Equatable {
  let painted: RenderRequest.PaintedFrame

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1)
    guard parts.count == 2, let frame = Int(parts[0]), frame >= 0 else { return nil }
    painted = RenderRequest.PaintedFrame(frame: frame, path: String(parts[1]))
  }
}

/// `0.4,0.5` on a texture, or `7:310,84` in a frame.
struct PlaceArgument: ExpressibleByArgument, Equatable {
  let place: Overlay.Place

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard let last = parts.last, let pair = PlaceArgument.pair(last) else { return nil }
    switch parts.count {
    case 1:
      guard (0...1).contains(pair.0), (0...1).contains(pair.1) else { return nil }
      place = .texture(u: pair.0, v: pair.1)
    case 2:
      guard let frame = Int(parts[0]), frame >= 0 else { return nil }
      place = .frame(frame, x: pair.0, y: pair.1)
    default:
      return nil
    }
  }

  private static func pair(_ text: Substring) -> (Double, Double)? {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 2, let x = numbers[0], let y = numbers[1], x.isFinite, y.isFinite else { return nil }
    return (x, y)
  }
}

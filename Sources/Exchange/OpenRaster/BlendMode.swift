/// How the colours of a layer meet those below it, by OpenRaster's names (which are SVG's and CSS's).
///
/// `blended(b, s)` is W3C's "Compositing and Blending" function B(backdrop, source), a channel at a time, in [0, 1].
public enum BlendMode: String, CaseIterable, Sendable {
  case normal = "svg:src-over"
  case multiply = "svg:multiply"
  case screen = "svg:screen"
  case overlay = "svg:overlay"
  case darken = "svg:darken"
  case lighten = "svg:lighten"
  case colourDodge = "svg:color-dodge"
  case colourBurn = "svg:color-burn"
  case hardLight = "svg:hard-light"
  case softLight = "svg:soft-light"
  case difference = "svg:difference"
  case plus = "svg:plus"

  public func blended(backdrop b: Float, source s: Float) -> Float {
    switch self {
    case .normal: s
    case .multiply: b * s
    case .screen: b + s - b * s
    case .overlay: BlendMode.hardLight.blended(backdrop: s, source: b)
    case .darken: min(b, s)
    case .lighten: max(b, s)
    case .colourDodge: b <= 0 ? 0 : s >= 1 ? 1 : min(1, b / (1 - s))
    case .colourBurn: b >= 1 ? 1 : s <= 0 ? 0 : 1 - min(1, (1 - b) / s)
    case .hardLight: s <= 0.5 ? 2 * b * s : b + (2 * s - 1) - b * (2 * s - 1)
    case .softLight: BlendMode.softLight(b, s)
    case .difference: abs(b - s)
    case .plus: min(1, b + s)
    }
  }

  private static func softLight(_ b: Float, _ s: Float) -> Float {
    if s <= 0.5 { return b - (1 - 2 * s) * b * (1 - b) }
    let d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : b.squareRoot()
    return b + (2 * s - 1) * (d - b)
  }
}

import Media

/// How an STMap (a "UV pass") tells places in a picture: R = s, G = t, both in 0...1 over the picture.
///
/// Compositing programs count t from the bottom and put the middle of the first pixel at half a pixel; that is the
/// default. The convention stands in the metadata of every file.
public struct STMapConvention: Codable, Equatable, Sendable {
  /// Where (0, 0) is.
  public enum Origin: String, Codable, CaseIterable, Sendable {
    case bottomLeft = "bottom-left"
    case topLeft = "top-left"
  }

  /// Where the middle of pixel x of `width` lies.
  public enum PixelCentre: String, Codable, CaseIterable, Sendable {
    /// (x + 0.5) / width.
    case half
    /// x / width.
    case zero
  }

  public var origin = Origin.bottomLeft
  public var centre = PixelCentre.half

  public init() {}

  /// s and t of a place in pixels of a picture; the middle of the first pixel is (0, 0), y runs down.
  public func place(x: Float, y: Float, in size: PixelSize) -> (s: Float, t: Float) {
    let shift: Float = centre == .half ? 0.5 : 0
    let down = origin == .topLeft ? y : Float(size.height - 1) - y
    return ((x + shift) / Float(size.width), (down + shift) / Float(size.height))
  }

  /// What a file says of it. `target` names the picture that s and t are places of.
  public func attributes(target: String, size: PixelSize) -> [String: String] {
    let middle = centre == .half ? "+ 0.5) " : ") "
    return [
      "hypernvd/stmap": "R = s, G = t, A = opacity; 0 where not seen; linear data, not a colour",
      "hypernvd/stmap_origin": origin.rawValue,
      "hypernvd/stmap_pixel_centre": "(x \(middle)/ width",
      "hypernvd/stmap_target": "\(target), \(size)",
    ]
  }
}

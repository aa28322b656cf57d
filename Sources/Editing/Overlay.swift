import Foundation
import Media

/// A picture that moves with a layer without being part of it: it has an opacity of its own and may leave the outline.
public struct Overlay: Sendable {
  /// Where the middle of the picture sits on the layer.
  public enum Place: Equatable, Sendable {
    /// On the texture: shares of its width and height from the top left corner; the picture is upright there.
    case texture(u: Double, v: Double)
    /// In a frame, in pixels, the first pixel's middle at (0, 0); the picture is upright in that frame.
    case frame(Int, x: Double, y: Double)
    /// In the middle of what the middle frame shows of the layer, upright there.
    case middle
  }

  /// The layer that it moves with.
  public var layer: String
  public var image: RGBAImage
  public var place = Place.middle
  /// Pixels of the frame (of the layer, for places on the texture) a pixel of the picture.
  public var scale = 1.0
  /// Degrees, clockwise.
  public var rotation = 0.0
  /// The layer that covers it, with all layers before that one; nil lays it on its own layer.
  public var behind: String?
  /// Whether the light of the layer falls on it.
  public var isLit = false

  public init(layer: String, image: RGBAImage) {
    self.layer = layer
    self.image = image
  }
}

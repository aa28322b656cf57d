/// What the user says about an object in one frame: a mask, a box around it, or points on it and off it.
public struct MaskHint: Codable, Equatable, Sendable {
  public enum Shape: Codable, Equatable, Sendable {
    /// A picture of the frame's shape, white on the object; a palette holds an object an index.
    case mask(path: String)
    /// The object lies within this rectangle, in pixels of the source.
    case box(x: Double, y: Double, width: Double, height: Double)
    /// The object is at this place, in pixels of the source; or it is not.
    case point(x: Double, y: Double, isOnObject: Bool)
  }

  /// The object's layer; nil is the only one, `foreground`.
  public var layer: String?
  /// The frame of the source, counted from 0; nil is the first frame of the clip.
  public var frame: Int?
  public var shape: Shape

  public init(layer: String? = nil, frame: Int? = nil, _ shape: Shape) {
    self.layer = layer
    self.frame = frame
    self.shape = shape
  }
}

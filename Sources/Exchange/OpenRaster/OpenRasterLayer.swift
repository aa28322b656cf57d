import Media

/// One layer of an OpenRaster picture, or a group of them.
public struct OpenRasterLayer: Equatable, Sendable {
  public var name: String
  public var content: Content
  /// Where the content's top left corner lies on the canvas; of groups, a shift of everything in them.
  public var x = 0
  public var y = 0
  /// In [0, 1].
  public var opacity: Float = 1
  public var isVisible = true
  /// `edit-locked`: paint programs do not let one paint on it.
  public var isLocked = false
  public var blend: BlendMode = .normal

  public enum Content: Equatable, Sendable {
    /// A picture that is in memory, to be written.
    case picture(RGBAImage)
    /// A picture in the archive that was read, by its entry's name.
    case entry(String)
    /// Topmost first.
    case group([OpenRasterLayer])
  }

  public init(name: String, content: Content) {
    self.name = name
    self.content = content
  }
}

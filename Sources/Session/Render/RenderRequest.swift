import Editing
import Foundation
import Media

/// What to render of a project.
public struct RenderRequest: Equatable, Sendable {
  /// A picture that moves with a layer.
  public struct Sticker: Equatable, Sendable {
    public var layer: String
    public var path: String
    public var place = Overlay.Place.middle
    /// Pixels of the frame a pixel of the picture.
    public var scale = 1.0
    /// Degrees, clockwise.
    public var rotation = 0.0
    /// The layer that covers it.
    public var behind: String?
    public var isLit = false

    public init(layer: String, path: String) {
      self.layer = layer
      self.path = path
    }
  }

  /// A painted frame.
  public struct PaintedFrame: Equatable, Sendable {
    /// Counted from 0 in the project's frames.
    public var frame: Int
    public var path: String

    public init(frame: Int, path: String) {
      self.frame = frame
      self.path = path
    }
  }

  public var project: URL
  /// A video file, or a folder for PNG frames where the path ends in "/".
  public var output: URL
  /// Layer name -> path of the picture (or OpenRaster file with paint) that goes over its texture.
  public var edits: [String: String] = [:]
  /// Painted frames, whose changes go into the textures; later ones over earlier ones.
  public var paintedFrames: [PaintedFrame] = []
  /// The layer that takes the changes of painted frames; nil lets each pixel's owner take them.
  public var paintedLayer: String?
  /// Drawn last, in this order.
  public var overlays: [Sticker] = []
  /// A name under which the project keeps the edits of textures.
  public var keepAs: String?
  /// Kept edits to use, under all others.
  public var kept: [String] = []
  public var encoding: VideoEncoding = .h264
  /// Of the frames that are written. Places of overlays and painted frames count in the project's size in any case.
  public var size = OutputSize.project
  /// Where the clip is now, if no longer where it was.
  public var sourcePath: String?

  public init(project: URL, output: URL) {
    self.project = project
    self.output = output
  }
}

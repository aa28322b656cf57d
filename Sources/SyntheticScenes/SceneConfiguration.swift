import Media

/// What a procedural scene shall contain. The same configuration gives the same scene, bit for bit.
public struct SceneConfiguration: Codable, Equatable, Sendable {
  /// Size of the frames. The pictures scale with the longer side.
  public var size = PixelSize(width: 384, height: 216)
  /// Number of frames, at least one.
  public var frameCount = 16
  /// Chooses colours, places and phases.
  public var seed: UInt64 = 1
  /// Number of objects in front of the background; 0 gives a background alone.
  public var foregroundCount = 1
  public var camera = CameraMotion()
  public var objects = ObjectMotion()
  /// How much the light changes over place and time: every layer's colours are multiplied by a smooth value between
  /// 1 - lighting and 1 + lighting. 0 is constant light.
  public var lighting = 0.12
  /// Width in pixels of the border over which an object's opacity falls from 1 to 0.
  public var edgeWidth = 2.0

  public init() {}

  /// How the background moves through the frame, per frame.
  public struct CameraMotion: Codable, Equatable, Sendable {
    /// Share of the longer side by which the view moves to the right.
    public var panX = 0.006
    /// Share of the longer side by which the view moves down.
    public var panY = -0.002
    /// Natural logarithm of the magnification.
    public var zoom = 0.004
    /// Radians.
    public var rotation = 0.003

    public init() {}

    /// A camera on a tripod.
    public static let still = {
      var motion = CameraMotion()
      (motion.panX, motion.panY, motion.zoom, motion.rotation) = (0, 0, 0, 0)
      return motion
    }()
  }

  /// How the objects move through the frame, per frame. Every object takes another direction.
  public struct ObjectMotion: Codable, Equatable, Sendable {
    /// Share of the longer side that an object travels.
    public var travel = 0.009
    /// Natural logarithm of the growth.
    public var growth = 0.008
    /// Radians.
    public var rotation = 0.02
    /// Amplitude of a bending that no similarity follows, as a share of the object's radius; 0 is a rigid object.
    public var wobble = 0.04

    public init() {}

    /// Objects that stay where they are.
    public static let still = {
      var motion = ObjectMotion()
      (motion.travel, motion.growth, motion.rotation, motion.wobble) = (0, 0, 0, 0)
      return motion
    }()
  }
}

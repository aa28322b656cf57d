import Media

/// What a decomposition of a clip would meet, before it begins.
public struct CheckReport: Codable, Equatable, Sendable {
  /// What is known about one foreground object.
  public struct Object: Codable, Equatable, Sendable {
    public var name: String
    /// The share of each frame that its mask covers.
    public var coverage: [Double]
    /// How far it moves from a frame to the next, in pixels: the mean over the clip.
    public var motionPixels: Double
  }

  public var frames: Int
  public var size: PixelSize
  public var frameRate: FrameRate
  /// How far the camera's motion moves the picture from a frame to the next, in pixels: the mean over the clip.
  public var cameraMotionPixels: Double
  /// The largest such step.
  public var largestCameraMotionPixels: Double
  /// For each two neighbouring frames the share of pixels whose flow can be trusted.
  public var trustedFlow: [Double]
  /// Frames (of the clip, from 0) that do not seem to continue the one before.
  public var suspectedCuts: [Int]
  public var objects: [Object]
  /// Where the masks come from.
  public var masks: String
  /// What decomposing takes on this machine with the default settings, in seconds; most of it is training.
  public var expectedSeconds: Double
  /// The largest memory that it needs, in bytes.
  public var expectedMemoryBytes: Int
  /// Sentences about what may spoil the result.
  public var warnings: [String]
}

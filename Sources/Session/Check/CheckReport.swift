import Media

/// What a decomposition of a clip would meet, before it begins. Frames are numbered as in the source.
public struct CheckReport: Codable, Equatable, Sendable {
  /// What is known about one foreground object.
  public struct Object: Codable, Equatable, Sendable {
    public var name: String
    /// The share of each frame that its mask covers.
    public var coverage: [Double]
    /// How far it moves from a frame to the next, in pixels: the mean over the clip.
    public var motionPixels: Double
    /// How much the mask changes other than along the flow: for each two neighbouring frames one minus the intersection
    /// over union of the mask and its neighbour, carried along; the mean over the clip.
    public var flicker: Double
    /// The share of its pixels whose flow can be trusted.
    public var trustedFlow: Double
    /// How sure its mask is of itself, in [0, 1], where it was found without help (`AutomaticMaskResult.certainty`).
    public var maskCertainty: Double?
  }

  /// Whether to begin.
  public enum Verdict: String, Codable, Sendable {
    /// Nothing speaks against it.
    case ready
    /// It will run; something may spoil the result.
    case doubtful
    /// It will be refused, or its result will be of no use.
    case unsuitable
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
  /// Frames that begin another shot.
  public var cuts: [Int]
  /// The first frame of the longest shot, and the one after its last.
  public var longestShot: [Int]
  /// For each two neighbouring frames the factor by which the same things get brighter.
  public var exposureSteps: [Double]
  public var objects: [Object]
  /// Where the masks come from.
  public var masks: String
  /// What decomposing takes on this machine with the default settings, in seconds; most of it is training.
  public var expectedSeconds: Double
  /// The largest memory that it needs, in bytes.
  public var expectedMemoryBytes: Int
  public var verdict: Verdict
  /// Sentences about what may spoil the result, and what to change.
  public var warnings: [String]
}

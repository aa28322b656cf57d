import Media

/// What finding the main object without help gave.
public struct AutomaticMaskResult: Sendable {
  /// How the object was found.
  public enum Method: String, Codable, Sendable {
    /// A saliency network, corrected by motion.
    case saliencyAndMotion
    /// Motion that the camera does not explain; no network at hand.
    case motionOnly
  }

  /// One mask a frame, named `foreground`.
  public var object: ObjectMasks
  public var method: Method
  /// Sentences for the user about what may be wrong with the masks.
  public var warnings: [String]
  /// The share of each frame that the object covers, in [0, 1].
  public var coverage: [Double]
  /// How sure the masks are of themselves: the intersection over union with the object that their own evidence leads to
  /// expect (`SoftMap.expectedOverlap`), the mean over the frames. Low where parts of an object stand out little.
  public var certainty: Double

  public init(object: ObjectMasks, method: Method, warnings: [String], coverage: [Double], certainty: Double) {
    self.object = object
    self.method = method
    self.warnings = warnings
    self.coverage = coverage
    self.certainty = certainty
  }
}

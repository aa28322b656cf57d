/// A shot in memory: frames of one size in order, as the rest of the program sees them.
public struct Clip: Sendable {
  /// A name for people and for files: the source's file or folder name without extension.
  public var name: String
  public var frames: [Frame]
  /// Frames a second (numerator, denominator); 25/1 where the source (a folder of images) does not say.
  public var frameRate: FrameRate
  /// Which frames of the source these are.
  public var sourceFrames: Range<Int>
  /// The size that a viewer shows the source at; nil where the frames come from no source.
  public var sourceSize: PixelSize?

  public init(
    name: String, frames: [Frame], frameRate: FrameRate, sourceFrames: Range<Int>, sourceSize: PixelSize? = nil
  ) {
    self.name = name
    self.frames = frames
    self.frameRate = frameRate
    self.sourceFrames = sourceFrames
    self.sourceSize = sourceSize
  }

  /// The common size of the frames.
  /// - Precondition: the clip has a frame.
  public var size: PixelSize { frames[0].size }
}

/// Frames a second as a fraction, as containers store it.
public struct FrameRate: Hashable, Codable, Sendable {
  public var numerator: Int
  public var denominator: Int

  public init(numerator: Int, denominator: Int) {
    self.numerator = numerator
    self.denominator = denominator
  }

  public var framesPerSecond: Double { Double(numerator) / Double(denominator) }
}

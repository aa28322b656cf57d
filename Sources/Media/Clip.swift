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

/// The mask of one object in every frame of a clip, with the name of its layer.
public struct ObjectMasks: Sendable {
  public var name: String
  public var masks: [Mask]

  public init(name: String, masks: [Mask]) {
    self.name = name
    self.masks = masks
  }

  /// What is seen of objects, front first: where masks overlap, the pixel is that of the object in front, and an object's
  /// mask is cut to what the masks in front of it leave of each pixel.
  /// - Precondition: as many masks of the same size for every object.
  public static func seen(_ objects: [ObjectMasks]) -> [ObjectMasks] {
    guard objects.count > 1 else { return objects }
    var objects = objects
    for frame in objects[0].masks.indices {
      var left = [UInt8](repeating: 255, count: objects[0].masks[frame].values.count)
      for object in objects.indices {
        objects[object].masks[frame].values.withUnsafeMutableBufferPointer { values in
          for pixel in values.indices {
            values[pixel] = min(values[pixel], left[pixel])
            left[pixel] -= values[pixel]
          }
        }
      }
    }
    return objects
  }
}

/// What a source holds, known without decoding all of it.
public struct ClipInfo: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, Sendable {
    /// A video file (or a single image).
    case video
    /// A folder of images.
    case images
  }

  /// A name for people and for files: the file or folder without extension.
  public var name: String
  public var kind: Kind
  /// The size that a viewer shows: after rotation and sample aspect.
  public var size: PixelSize
  /// The size as stored.
  public var codedSize: PixelSize
  /// How many frames there are: counted for images; for video the number of coded frames in the file.
  public var frameCount: Int
  /// Whether `frameCount` is certain: the container's own number agrees with the count. Decoding tells otherwise.
  public var isFrameCountExact: Bool
  /// The average over the source; 25/1 for images.
  public var frameRate: FrameRate
  /// Bits a channel as stored.
  public var bitDepth: Int
  /// FFmpeg's name of the codec, for example `h264`.
  public var codec: String
  /// FFmpeg's name of the pixel format, for example `yuv420p`.
  public var pixelFormat: String
  /// How the source's YUV values are read (`BT.601`, `BT.709`, `BT.2020`, ...), or `RGB`.
  public var colourMatrix: String
  /// Whether values span the whole range of their bits.
  public var isFullRange: Bool
}

/// What a header may ask of this program before it is taken for hostile or a mistake.
enum Limits {
  /// Pixels of one picture: above 8K video (33 million) and most photographs, below what would exhaust memory.
  static let maximumPixels = 100_000_000
  /// Pixels of one side; FFmpeg's own arithmetic is safe far beyond it.
  static let maximumSide = 32_768
  /// Bytes of all frames of a clip: 2000 frames of 768x432, far more than a decomposition trains on.
  static let maximumClipBytes = 4 << 30

  static func accepts(_ size: PixelSize) -> Bool {
    (1...maximumSide).contains(size.width) && (1...maximumSide).contains(size.height)
      && size.pixelCount <= maximumPixels
  }

  /// How many frames of this size a clip may have.
  static func maximumFrames(of size: PixelSize) -> Int { max(1, maximumClipBytes / (size.pixelCount * 6)) }
}

import Media

/// Something that turns a window of a clip into one vector: what a hypernetwork knows of a video.
public protocol VideoEmbedder: Sendable {
  /// Which embedder with which weights: two embedders of one name give the same vectors. Files that depend on the
  /// vectors record it.
  var name: String { get }
  /// The length of the vectors.
  var dimension: Int { get }
  /// How many consecutive frames it looks at.
  var frameCount: Int { get }

  /// The vector of a window.
  /// - Parameter frames: exactly `frameCount` frames of one size.
  /// - Throws: `EmbeddingError` where the frames are not such a window, or what the parts beneath report.
  func embed(_ frames: [Frame]) throws -> [Float]
}

extension VideoEmbedder {
  /// The vector of a clip: of the window in its middle.
  public func embed(_ clip: Clip) throws -> [Float] {
    try embed(ClipWindow.middle(of: clip.frames.count, length: frameCount).map { clip.frames[$0] })
  }

  /// - Throws: `EmbeddingError` where the frames are not a window for this embedder.
  func check(_ frames: [Frame]) throws {
    guard frames.count == frameCount, let first = frames.first else {
      throw EmbeddingError.windowLength(found: frames.count, needed: frameCount)
    }
    for (index, frame) in frames.enumerated() where frame.size != first.size {
      throw EmbeddingError.frameSizeDiffers(frame: index, size: frame.size, expected: first.size)
    }
  }
}

/// Which frames of a clip an embedder looks at.
public enum ClipWindow {
  /// The `length` consecutive frames in the middle. A clip that is shorter is stretched: its frames in order, each as
  /// often as it takes.
  public static func middle(of count: Int, length: Int) -> [Int] {
    guard count > 0 else { return [] }
    guard count >= length else { return (0..<length).map { $0 * count / length } }
    return Array((count - length) / 2..<(count - length) / 2 + length)
  }

  /// Every window of consecutive frames, `step` frames apart; one stretched window where the clip is shorter.
  public static func all(of count: Int, length: Int, step: Int) -> [[Int]] {
    guard count > length else { return [middle(of: count, length: length)] }
    return stride(from: 0, through: count - length, by: max(1, step)).map { Array($0..<$0 + length) }
  }
}

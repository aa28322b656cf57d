import Decomposition
import Embedding

/// The embeddings of the training videos and their augmentations, each worked out once.
final class VideoEmbeddings {
  private let library: any ClipLibrary
  private let embedder: any VideoEmbedder
  private var known: [Key: [Float]] = [:]

  private struct Key: Hashable {
    let video: Int
    let augmentation: ClipAugmentation
  }

  init(_ library: any ClipLibrary, _ embedder: any VideoEmbedder) {
    (self.library, self.embedder) = (library, embedder)
  }

  /// - Parameter clip: the video after the augmentation.
  func embedding(of video: Int, _ augmentation: ClipAugmentation, _ clip: TrainingClip) throws -> [Float] {
    let key = Key(video: video, augmentation: augmentation)
    if let vector = known[key] { return vector }
    let vector = try embedder.embed(clip)
    known[key] = vector
    return vector
  }
}

extension VideoEmbedder {
  /// The vector of a prepared clip: of the window in its middle.
  public func embed(_ clip: TrainingClip) throws -> [Float] {
    try embed(ClipWindow.middle(of: clip.frames.count, length: frameCount).map { clip.frames[$0] })
  }
}

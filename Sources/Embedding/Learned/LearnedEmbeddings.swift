import NeuralField

/// A vector a video that is trained along with the hypernetwork instead of being worked out from the frames: the
/// paper's ablation. Such a vector says nothing about a video that was not in the training.
public struct LearnedEmbeddings: Codable, Equatable, Sendable {
  /// What files record as the embedder.
  public static let name = "learned"

  /// The videos in the order of their vectors.
  public private(set) var videos: [String]
  public let dimension: Int
  /// The vectors of all videos one after the other; what the training changes.
  public var values: [Float]

  /// Vectors at random, uniform with a variance of 1: as far from each other as they can be.
  /// - Throws: `EmbeddingError.badConfiguration` where two videos have one name.
  public init(videos: [String], dimension: Int = 768, seed: UInt64 = 0) throws {
    guard Set(videos).count == videos.count else {
      throw EmbeddingError.badConfiguration(path: "the list of videos", reason: "a name comes twice")
    }
    (self.videos, self.dimension) = (videos, dimension)
    var random = RandomSource(seed: seed)
    values = (0..<videos.count * dimension).map { _ in random.symmetric(Float(3).squareRoot()) }
  }

  /// Where a video's vector lies in `values`, or nil for a video that was not in the training.
  public func range(of video: String) -> Range<Int>? {
    videos.firstIndex(of: video).map { $0 * dimension..<($0 + 1) * dimension }
  }

  /// A video's vector, or nil for a video that was not in the training.
  public subscript(video: String) -> [Float]? { range(of: video).map { Array(values[$0]) } }
}

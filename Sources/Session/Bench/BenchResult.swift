/// What a benchmark measured.
public struct BenchResult: Codable, Equatable, Sendable {
  public var scenario: String
  /// Seconds of one repetition: the median.
  public var medianSeconds: Double
  /// Seconds of every repetition.
  public var seconds: [Double]
  /// Threads that worked.
  public var threads: Int
  /// The numeric kernels in use.
  public var kernels: String
  /// The same of the peer in the same run, where it was asked for.
  public var peerMedianSeconds: Double?
  /// Name and version of the peer.
  public var peer: String?
  /// How many times as long the peer took.
  public var ratio: Double?
}

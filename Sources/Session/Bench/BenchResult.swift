/// What a benchmark measured. Fields that a scenario does not have are left out.
public struct BenchResult: Codable, Equatable, Sendable {
  /// One of the works that a scenario consists of.
  public struct Detail: Codable, Equatable, Sendable {
    public var name: String
    public var medianSeconds: Double
    /// 10^9 floating-point operations a second.
    public var gflops: Double?
    /// 10^9 bytes a second, read and written.
    public var gigabytesPerSecond: Double?
  }

  /// When training reached a quality.
  public struct Threshold: Codable, Equatable, Sendable {
    /// dB.
    public var psnr: Double
    /// Median over the repetitions that reached it; nil where less than half of them did.
    public var seconds: Double?
  }

  /// What a training of some length made of a layer that is known: medians over the repetitions.
  public struct Truth: Codable, Equatable, Sendable {
    public var iterations: Int
    public var layer: String
    public var errors: TruthErrors
    /// dB, of the whole picture.
    public var psnr: Double
  }

  public var scenario: String
  /// Seconds of one repetition: the median.
  public var medianSeconds: Double
  /// Seconds of every repetition.
  public var seconds: [Double]
  /// Threads that worked.
  public var threads: Int
  /// The numeric kernels in use.
  public var kernels: String
  public var details: [Detail]?
  public var framesPerSecond: Double?
  /// 10^9 floating-point operations a second, and those of 32-bit products in registers on this machine, just now.
  public var gflops: Double?
  public var peakGflops: Double?
  /// 10^9 bytes a second, and those of adding one large array to another on this machine, just now.
  public var gigabytesPerSecond: Double?
  public var peakGigabytesPerSecond: Double?
  /// Part of an iteration -> its share of the threads' time; they sum to 1.
  public var share: [String: Double]?
  /// How many times as long one thread took.
  public var speedup: Double?
  public var thresholds: [Threshold]?
  /// PSNR in dB at the end of a training: the median.
  public var finalPSNR: Double?
  /// For every budget, the shortest first, a row a layer.
  public var truth: [Truth]?
  /// The largest memory of the process so far.
  public var peakMemoryBytes: Int?
  /// The same of the peer in the same run, where it was asked for.
  public var peerMedianSeconds: Double?
  /// Name and version of the peer.
  public var peer: String?
  /// How many times as long the peer took.
  public var ratio: Double?
}

extension BenchResult.Truth {
  /// The median of every number of the same row of several repetitions.
  init(median rows: [Self]) {
    self = rows[0]
    psnr = rows.map(\.psnr).median
    errors = TruthErrors(
      colour: rows.map(\.errors.colour).median, light: rows.map(\.errors.light).median,
      drift: rows.map(\.errors.drift).median,
      opacity: rows.map(\.errors.opacity).median)
  }
}

/// Something that `hypernvd bench` can time.
public protocol BenchScenario: Sendable {
  /// As it is called on the command line.
  var name: String { get }
  /// What one repetition is, in a sentence.
  var summary: String { get }
  /// Repetitions where none are asked for.
  var defaultRepetitions: Int { get }
  /// Options with which the PyTorch peer does the same work; nil where it has no such work.
  func peerArguments(threads: Int) -> [String]?
  /// Whether it runs iterations of a preset, so that `BenchRequest.settings` mean something.
  var hasSettings: Bool { get }
  /// Prepares what is needed, then measures.
  func run(_ request: BenchRequest) throws -> BenchResult
}

extension BenchScenario {
  public var defaultRepetitions: Int { 7 }
  public var hasSettings: Bool { false }
  public func peerArguments(threads: Int) -> [String]? { nil }
}

/// The scenarios by name.
public enum BenchScenarios {
  public static let all: [any BenchScenario] = [
    IterationScenario.paper, IterationScenario.fast, EncodeScenario(), ScatterScenario(), NetworkScenario(),
    AdamScenario(), HypernetworkScenario.single, HypernetworkScenario.bfloat16, RenderScenario(), EditScenario(),
    TimeToQualityScenario(), TruthScenario(), ThreadScenario(),
  ]

  public static func named(_ name: String) -> (any BenchScenario)? { all.first { $0.name == name } }
}

import NeuralField

/// One step of Adam on as many parameters as a model of two layers has.
public struct AdamScenario: BenchScenario {
  public let name = "adam"
  public let summary = "one step of Adam on 4 million parameters in memory"

  private static let parameters = 4 << 20
  /// Parameter, two moments and gradient, each read and written.
  private static let bytesPerParameter = 32.0

  public func run(_ request: BenchRequest) throws -> BenchResult {
    var layout = ParameterLayout()
    layout.add("parameters", shape: [Self.parameters], group: .network)
    let (parameters, gradient) = (AlignedBuffer(count: layout.count), AlignedBuffer(count: layout.count))
    let adam = Adam(AdamConfiguration(), layout: layout)
    let runner = LaneRunner(lanes: request.threads)
    let work = BenchWork(name, bytes: Self.bytesPerParameter * Double(layout.count)) { _ in
      adam.beginStep()
      runner.run { lane in
        let range = lane * Self.parameters / runner.lanes..<(lane + 1) * Self.parameters / runner.lanes
        adam.update(
          parameters, range: range, gradients: [gradient.pointer + range.lowerBound], rate: 1e-3, kernels: .active)
      }
    }
    return try BenchRounds([work], request, repetitions: request.repetitions ?? defaultRepetitions)
      .result(self, request)
  }
}

import NeuralField

/// The points of an iteration in chunks of the trainer's size, dealt to lanes.
struct ChunkedPoints: Sendable {
  static let chunkPoints = 1512
  let count: Int
  let runner: LaneRunner

  init(_ request: BenchRequest) {
    count = request.points
    runner = LaneRunner(lanes: request.threads)
  }

  /// Calls `body` with the lane, a chunk's number and how many points it has.
  func run(_ body: @Sendable (_ lane: Int, _ chunk: Int, _ points: Int) -> Void) {
    runner.run(chunks: chunks) { lane, chunk in
      body(lane, chunk, min(Self.chunkPoints, count - chunk * Self.chunkPoints))
    }
  }

  var chunks: Int { (count + Self.chunkPoints - 1) / Self.chunkPoints }

  /// Rows of random values in [0, 1), one a chunk.
  func random(features: Int, seed: UInt64) -> [FeatureRows] {
    (0..<chunks).map { chunk in
      var random = RandomSource(seed: seed, path: UInt64(chunk))
      let rows = FeatureRows(features: features, capacity: Self.chunkPoints)
      for feature in 0..<features {
        for m in 0..<Self.chunkPoints { rows[feature][m] = random.unit() }
      }
      return rows
    }
  }
}

import NeuralField

extension LinearReading {
  /// Three colours: the first feature of every level is brightness, `(1, 1, 1)`; the second is red against blue,
  /// `(1, 0, -1) / 2`, in even levels and green against both, `(-1, 2, -1) / 3`, in odd ones.
  static func colour(features: Int, strength: Float) -> LinearReading {
    let opponents: [[Float]] = [[0.5, 0, -0.5], [-1 / 3, 2 / 3, -1 / 3]]
    return LinearReading(
      rows: (0..<3).map { channel in
        (0..<features).map { feature in
          strength * (feature % 2 == 0 ? 1 : opponents[feature / 2 % 2][channel])
        }
      })
  }

  /// Outputs that have nothing to do with each other take the features in turn.
  static func separate(outputs: Int, features: Int, strength: Float) -> LinearReading {
    LinearReading(
      rows: (0..<outputs).map { output in
        (0..<features).map { $0 % outputs == output ? strength : 0 }
      })
  }
}

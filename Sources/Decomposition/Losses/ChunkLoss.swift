import NeuralField

/// The losses of one chunk. Every loss reads the forward values of `workspace`, adds its gradient to the gradients there,
/// and returns its weighted value; the sums are divided by the numbers of the whole batch.
struct ChunkLoss {
  let model: NVDModel
  let samples: ChunkSamples
  let workspace: FieldWorkspace
  let weights: LossWeights
  let normalisers: LossNormalisers
  /// Which losses with an end are still on.
  let phases: LossPhases
  /// The layers whose mappings are looked at by the losses of flow and rigidity.
  let layers: Range<Int>

  /// Weight of a loss that is a mean over `count` items of the batch; 0 where there is none.
  func mean(_ weight: Float, over count: Int) -> Float { count == 0 ? 0 : weight / Float(count) }
}

/// What a moment of the run does to the losses: which of those that end are still on, and a weight that falls.
struct LossPhases: Equatable, Sendable {
  var bootstrapping: Bool
  var rigidity: Bool
  var globalRigidity: Bool
  /// What the weight of the loss without residuals is multiplied with.
  var bareFactor: Float = 1
}

import Decomposition
import Embedding
import Foundation
import Weights

/// What a checkpoint holds besides the metamodel and Adam's moments.
private struct MetaTrainingState: Codable {
  var configuration: DecompositionConfiguration
  var seed: UInt64
  var visit: Int
  var step: Int
  var vectorStep: Int?
  var elapsed: Double
  var budget: TrainingBudget?
}

extension MetaTrainer {
  private static let stateKey = "hypernvd_metatraining"

  /// Writes everything that continuing needs, in full precision.
  public func saveCheckpoint(to url: URL) throws {
    let state = MetaTrainingState(
      configuration: configuration, seed: seed, visit: visit, step: optimiser.step, vectorStep: vectorAdam?.step,
      elapsed: elapsed, budget: budget)
    var batch = metamodel.tensors
    addUnlearned(to: &batch)
    addMoments(to: &batch)
    try batch.write(
      as: nil,
      metadata: [
        Metamodel.metadataKey: try Metamodel.text(metamodel.description), Self.stateKey: try Metamodel.text(state),
      ], to: url)
  }

  /// Continues from a checkpoint: with the same clips, kernels and number of threads the run ends as if it had never been
  /// interrupted.
  /// - Throws: `HypernetworkError.corruptFile`; `.mismatch` where the clips or the embedder are others.
  public convenience init(
    library: any ClipLibrary, embedder: any VideoEmbedder, resuming url: URL, threads: Int? = nil
  ) throws {
    let file = try Metamodel.open(url)
    guard let text = file.metadata[Self.stateKey],
      let state = try? JSONDecoder().decode(MetaTrainingState.self, from: Data(text.utf8)),
      [state.visit, state.step, state.vectorStep ?? 0].allSatisfy((0...1 << 40).contains), state.elapsed >= 0
    else {
      throw HypernetworkError.corruptFile(path: url.path, reason: "it holds no state of a meta-training")
    }
    if let fault = state.configuration.fault {
      throw HypernetworkError.corruptFile(path: url.path, reason: "\(fault.key): \(fault.reason)")
    }
    let metamodel = try Metamodel(file: file, path: url.path, threads: threads)
    guard state.configuration.model == metamodel.description.model else {
      throw HypernetworkError.corruptFile(path: url.path, reason: "its metamodel makes models of another configuration")
    }
    // The grids that are not learned are not in the file.
    try metamodel.network.initialize(seed: state.seed)
    try metamodel.tensors.read(file, path: url.path)
    let names = (0..<library.count).map { library.name(of: $0) }
    guard metamodel.description.trainedOn.map(\.name) == names else {
      throw HypernetworkError.mismatch(
        "the checkpoint belongs to the clips \(metamodel.description.trainedOn.map(\.name).joined(separator: ", ")), "
          + "not to \(names.joined(separator: ", "))")
    }
    let learns = metamodel.description.training.learnsEmbeddings
    guard learns || embedder.name == metamodel.description.embedder else {
      throw HypernetworkError.mismatch(
        "the checkpoint uses the embedder \(metamodel.description.embedder), not \(embedder.name)")
    }
    try self.init(
      metamodel, library: library, embedder: embedder, configuration: state.configuration, seed: state.seed,
      threads: threads, isPrepared: true)
    var batch = TensorBatch()
    addUnlearned(to: &batch)
    addMoments(to: &batch)
    try batch.read(file, path: url.path)
    (visit, elapsed, budget) = (state.visit, state.elapsed, state.budget)
    (optimiser.step, optimiser.shared.step, optimiser.trunk.step) = (state.step, state.step, state.step)
    vectorAdam?.step = state.vectorStep ?? 0
  }

  /// Networks that are not learned, but have been warmed up: mappings.
  private func addUnlearned(to batch: inout TensorBatch) {
    guard configuration.training.warmupIterations > 0 else { return }
    let network = metamodel.network
    for (tensor, learned) in network.layout.places where learned == 0 && tensor.group == .network {
      batch.add("start." + tensor.name, shape: tensor.shape, network.shared, tensor.range)
    }
  }

  /// Moments that the next step depends on: gradient descent has none.
  private func addMoments(to batch: inout TensorBatch) {
    let network = metamodel.network
    for (prefix, trunk, shared, heads) in [
      ("adam.m.", optimiser.trunk.firstMoment, optimiser.shared.firstMoment, optimiser.first),
      ("adam.v.", optimiser.trunk.secondMoment, optimiser.shared.secondMoment, optimiser.second),
    ] {
      batch.add(prefix + Metamodel.trunkPrefix, network.layout.trunks, trunk)
      guard optimiser.configuration != .gradientDescent else { continue }
      batch.add(prefix + Metamodel.sharedPrefix, network.target, shared)
      for (part, moment) in zip(network.predicted, heads) {
        batch.add(prefix + Metamodel.headPrefix + part.tensor.name, shape: [part.head.rows, part.head.columns], moment)
      }
    }
    if let vectorAdam {
      batch.add("adam.m.vectors", shape: [vectorAdam.firstMoment.count], vectorAdam.firstMoment)
      batch.add("adam.v.vectors", shape: [vectorAdam.secondMoment.count], vectorAdam.secondMoment)
    }
  }
}

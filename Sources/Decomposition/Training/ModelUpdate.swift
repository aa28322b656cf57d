import NeuralField

/// The step from a batch's gradients to new parameters.
///
/// A level of a hash grid is one piece of work: the contributions of all points are added up in a buffer that stays in
/// the cache, then Adam updates the level's parameters. The gradient of the tables is never stored as a whole, threads
/// share no memory, and the sums do not depend on the number of threads.
struct ModelUpdate: Sendable {
  let model: NVDModel
  let adam: Adam
  let kernels: Kernels
  private let grids: [HashGrid]
  private let levels: [(grid: Int, level: Int)]
  private let networks: Range<Int>
  /// One buffer a lane, for the gradient of one level; zero between uses.
  private let scratch: [AlignedBuffer]
  private let runner: LaneRunner

  init(model: NVDModel, adam: Adam, runner: LaneRunner, kernels: Kernels) {
    self.model = model
    self.adam = adam
    self.runner = runner
    self.kernels = kernels
    let grids = GridGradients.grids(of: model)
    self.grids = grids
    levels = grids.indices.flatMap { grid in (0..<grids[grid].configuration.levels).map { (grid, $0) } }
    networks = model.layout.range(of: .network)
    let largest = levels.map { grids[$0.grid].range(level: $0.level).count }.max() ?? 0
    scratch = (0..<runner.lanes).map { _ in AlignedBuffer(count: largest) }
  }

  /// The whole gradient of a batch, at the places of the layout: what `apply` goes through level by level, stored.
  ///
  /// - Parameters:
  ///   - chunks, networkGradients: as for `apply`.
  ///   - gradient: of the layout's length; overwritten.
  func collect(chunks: [GridGradients], networkGradients: [PartialGradient], into gradient: AlignedBuffer) {
    precondition(gradient.count == model.layout.count, "\(gradient.count) values for \(model.layout.count) parameters")
    let records = chunks.map(\.records)
    runner.run(chunks: levels.count + 1) { _, piece in
      guard piece > 0 else {
        let target = gradient.pointer + networks.lowerBound
        target.update(repeating: 0, count: networks.count)
        for part in networkGradients {
          for index in 0..<networks.count { target[index] += part.start[index] }
          part.start.update(repeating: 0, count: networks.count)
        }
        return
      }
      let (index, level) = levels[piece - 1]
      let range = grids[index].range(level: level)
      (gradient.pointer + range.lowerBound).update(repeating: 0, count: range.count)
      for chunk in records {
        let record = chunk[index]
        grids[index].scatter(
          level: level, input: record.input, outputGradient: record.features, count: record.count,
          gradient: gradient.pointer + range.lowerBound, kernels: kernels)
      }
    }
  }

  /// One Adam step.
  ///
  /// - Parameters:
  ///   - chunks: what the batch's chunks left for the grids, added up in this order.
  ///   - networkGradients: gradients of the networks, added up in this order, and zeroed.
  func apply(
    chunks: [GridGradients], networkGradients: [PartialGradient], gridRate: Float, networkRate: Float
  ) {
    adam.beginStep()
    let records = chunks.map(\.records)
    // The networks are one more piece of work, begun first: it is the longest.
    runner.run(chunks: levels.count + 1) { lane, piece in
      guard piece > 0 else {
        return adam.update(
          model.parameters, range: networks, gradients: networkGradients.map(\.start), rate: networkRate,
          kernels: kernels)
      }
      let (index, level) = levels[piece - 1]
      let gradient = scratch[lane].pointer
      for chunk in records {
        let record = chunk[index]
        grids[index].scatter(
          level: level, input: record.input, outputGradient: record.features, count: record.count, gradient: gradient,
          kernels: kernels)
      }
      adam.update(
        model.parameters, range: grids[index].range(level: level), gradients: [gradient], rate: gridRate,
        kernels: kernels)
    }
  }
}

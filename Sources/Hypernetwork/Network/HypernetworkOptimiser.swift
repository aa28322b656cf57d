import NeuralField

/// How far one step moves a hypernetwork.
public struct HypernetworkRates: Equatable, Sendable {
  /// How far the predicted values of grids and of networks move, about (see `HypernetworkOptimiser`).
  public var grid: Float
  public var network: Float
  /// The share of that movement that W makes and b does not, in [0, 1].
  public var headShare: Float
  /// Adam's rate for the MLPs from embeddings to coefficients.
  public var trunk: Float

  public init(grid: Float, network: Float, headShare: Float, trunk: Float) {
    (self.grid, self.network, self.headShare, self.trunk) = (grid, network, headShare, trunk)
  }
}

/// Steps of a hypernetwork along the gradients of some predictions.
///
/// Rates are those of the predicted values. A prediction b + W h moves with b and with W; to move it by r in all, of which
/// the share s by W, the rate of b is (1 - s) r and that of W
/// - with Adam, whose steps have the size of the rate, s r / sum_k |h_k|,
/// - with gradient descent s r / sum_k h_k^2: then the prediction of a single video moves by exactly r times its gradient,
///   which is the normalised least-mean-squares rule (Widrow & Hoff).
/// The sums are means over the videos of the step, and at least 0.001. The MLPs are always trained with Adam.
///
/// The gradient of W, dy h^T, is never stored: one pass over W gives the gradient of h and the step. The work is cut in
/// fixed pieces, so that results do not depend on the number of threads.
public final class HypernetworkOptimiser: @unchecked Sendable {
  public let network: Hypernetwork
  /// Of b and W.
  public let configuration: AdamConfiguration
  let shared: Adam
  let trunk: Adam
  /// Moments of W, one pair a predicted tensor.
  let first: [HeadStorage]
  let second: [HeadStorage]
  public internal(set) var step = 0
  private static let leastSum: Float = 1e-3
  private let seed: UInt64
  private let pieces: [Hypernetwork.Piece]
  private let trunkGradient: AlignedBuffer

  /// - Parameter seed: of the random bits of rounding, where W is in bf16.
  public init(_ network: Hypernetwork, _ configuration: AdamConfiguration, seed: UInt64) {
    self.network = network
    self.configuration = configuration
    self.seed = seed
    shared = Adam(configuration, layout: network.target)
    trunk = Adam(AdamConfiguration(), layout: network.layout.trunks)
    first = network.predicted.map { $0.head.makeMoment() }
    second = network.predicted.map { $0.head.makeMoment() }
    pieces = network.pieces
    trunkGradient = AlignedBuffer(count: network.layout.trunks.count)
  }

  /// One step along the sum of the gradients of some predictions.
  /// - Parameters:
  ///   - gradients: of each prediction by its parameters, laid out as the target; those of what is learned are zeroed.
  ///   - embeddings: whether the gradients of the embeddings are wanted.
  /// - Returns: those, one a prediction; empty where they are not wanted.
  @discardableResult
  public func update(
    _ predictions: [Prediction], gradients: [AlignedBuffer], rates: HypernetworkRates, embeddings wanted: Bool = false
  ) -> [[Float]] {
    precondition(predictions.count == gradients.count && !predictions.isEmpty, "a gradient for every prediction")
    step += 1
    let ofCoefficients = updateHeads(predictions, gradients, rates)
    updateShared(gradients, rates)
    return updateTrunks(predictions, ofCoefficients, rates, embeddings: wanted)
  }

  // MARK: - W

  /// - Returns: for every predicted tensor the gradients of the coefficients, (predictions, coefficients).
  private func updateHeads(
    _ predictions: [Prediction], _ gradients: [AlignedBuffer], _ rates: HypernetworkRates
  ) -> [AlignedBuffer] {
    let (network, size) = (network, network.configuration.coefficients)
    let block = predictions.count * size
    let coefficients = network.predicted.indices.map { part in
      let all = AlignedBuffer(count: block)
      for (index, prediction) in predictions.enumerated() {
        (all.pointer + index * size).update(from: prediction.coefficients(part), count: size)
      }
      return all
    }
    let headRates = network.predicted.indices.map { rate(of: $0, coefficients[$0], predictions.count, rates) }
    let partial = AlignedBuffer(count: pieces.count * block)
    network.runner.run(chunks: pieces.count) { _, number in
      let piece = pieces[number]
      let part = network.predicted[piece.part]
      part.head.update(
        rows: piece.rows, gradients: gradients.map { UnsafePointer($0.pointer + part.tensor.offset) },
        coefficients: coefficients[piece.part].pointer, coefficientGradient: partial.pointer + number * block,
        first: first[piece.part], second: second[piece.part], adam: configuration, rate: headRates[piece.part],
        step: step, seed: roundingSeed(piece.part), kernels: network.kernels)
    }
    let sums = network.predicted.map { _ in AlignedBuffer(count: block) }
    for (number, piece) in pieces.enumerated() {
      for index in 0..<block { sums[piece.part].pointer[index] += partial.pointer[number * block + index] }
    }
    return sums
  }

  private func roundingSeed(_ part: Int) -> UInt32 {
    var random = RandomSource(seed: seed, path: 0xb16, UInt64(step), UInt64(part))
    return UInt32(truncatingIfNeeded: random.next())
  }

  private func rate(of part: Int, _ coefficients: AlignedBuffer, _ count: Int, _ rates: HypernetworkRates) -> Float {
    let moves = network.predicted[part].tensor.group == .grid ? rates.grid : rates.network
    let descends = configuration == .gradientDescent
    let sum = coefficients.values.reduce(Float.zero) { $0 + (descends ? $1 * $1 : abs($1)) } / Float(count)
    return rates.headShare * moves / max(sum, Self.leastSum)
  }

  // MARK: - b

  private func updateShared(_ gradients: [AlignedBuffer], _ rates: HypernetworkRates) {
    shared.beginStep()
    let ranges = sharedRanges
    network.runner.run(chunks: ranges.count) { _, number in
      let (range, group, isPredicted) = ranges[number]
      let moves = group == .grid ? rates.grid : rates.network
      shared.update(
        network.shared, range: range, gradients: gradients.map { $0.pointer + range.lowerBound },
        rate: isPredicted ? (1 - rates.headShare) * moves : moves, kernels: network.kernels)
    }
  }

  /// What is learned of every tensor, in one or two parts: what W adds to, and what it does not.
  private var sharedRanges: [(range: Range<Int>, group: ParameterGroup, isPredicted: Bool)] {
    let rows = Dictionary(uniqueKeysWithValues: network.predicted.map { ($0.tensor.offset, $0.head.rows) })
    return zip(network.target.tensors, network.layout.learned).flatMap { tensor, learned in
      let middle = tensor.offset + (rows[tensor.offset] ?? 0)
      return [
        (tensor.offset..<middle, tensor.group, true), (middle..<tensor.offset + learned, tensor.group, false),
      ].filter { !$0.0.isEmpty }
    }
  }

  // MARK: - The MLPs

  private func updateTrunks(
    _ predictions: [Prediction], _ ofCoefficients: [AlignedBuffer], _ rates: HypernetworkRates,
    embeddings wanted: Bool
  ) -> [[Float]] {
    let (network, size) = (network, network.configuration.coefficients)
    let parts = network.predicted.count
    let ofEmbeddings = AlignedBuffer(count: wanted ? predictions.count * parts * network.embeddingSize : 0)
    network.runner.run(chunks: parts) { _, part in
      for (index, prediction) in predictions.enumerated() {
        let ofInput = prediction.backward(
          part, of: network, coefficientGradient: ofCoefficients[part].pointer + index * size,
          gradient: trunkGradient.pointer, embedding: wanted)
        guard let ofInput else { continue }
        let target = ofEmbeddings.pointer + (index * parts + part) * network.embeddingSize
        for value in 0..<network.embeddingSize { target[value] = ofInput[value][0] }
      }
    }
    trunk.beginStep()
    trunk.update(
      network.trunkParameters, range: 0..<network.layout.trunks.count, gradients: [trunkGradient.pointer],
      rate: rates.trunk, kernels: network.kernels)
    guard wanted else { return [] }
    return predictions.indices.map { index in
      (0..<network.embeddingSize).map { value in
        (0..<parts).reduce(Float.zero) {
          $0 + ofEmbeddings.pointer[(index * parts + $1) * network.embeddingSize + value]
        }
      }
    }
  }
}

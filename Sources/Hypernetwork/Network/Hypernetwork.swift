import Decomposition
import NeuralField

/// From the embedding of a video to the parameters of its NVD model: for every tensor of the model's layout
/// `theta = b + W h(e)`, with b shared by all videos and h an MLP of the tensor's own.
public final class Hypernetwork: @unchecked Sendable {
  public let configuration: HypernetworkConfiguration
  /// The target network.
  public let model: ModelConfiguration
  public let layerCount: Int
  /// Values of an embedding.
  public let embeddingSize: Int
  /// b: the learned initialisation, laid out as the target.
  public let shared: AlignedBuffer
  /// What is subtracted from an embedding first: the mean over the training videos, so that W learns what is different.
  public let centre: AlignedBuffer
  /// The part of each tensor that depends on the embedding, a prefix of it.
  let predicted: [PredictedTensor]
  let layout: HypernetworkLayout
  /// Of the MLPs from embeddings to coefficients.
  let trunkParameters: AlignedBuffer
  let kernels: Kernels
  let runner: LaneRunner

  /// The layout of the target network; names of layers are `foreground` (or `foreground1`, ...) and `background`.
  public var target: ParameterLayout { layout.target }

  struct PredictedTensor: Sendable {
    let tensor: ParameterTensor
    let trunk: MLP
    let head: OutputHead
  }

  /// Rows of W that one thread works on at a time.
  static let rowsPerPiece = 8192

  /// A hypernetwork whose values are all zero.
  /// - Precondition: the configuration has no fault, and there are two layers or more.
  public init(
    _ configuration: HypernetworkConfiguration, model: ModelConfiguration, layerCount: Int, embeddingSize: Int = 768,
    threads: Int? = nil, kernels: Kernels = .active
  ) {
    precondition(configuration.fault == nil && layerCount >= 2 && embeddingSize > 0, configuration.fault ?? "sizes")
    self.configuration = configuration
    self.model = model
    self.layerCount = layerCount
    self.embeddingSize = embeddingSize
    self.kernels = kernels
    runner = threads.map { LaneRunner(lanes: $0) } ?? LaneRunner()
    layout = HypernetworkLayout(
      configuration, model: model, layerCount: layerCount, embeddingSize: embeddingSize)
    shared = AlignedBuffer(count: layout.target.count)
    centre = AlignedBuffer(count: embeddingSize)
    predicted = layout.parts.map { part in
      PredictedTensor(
        tensor: part.tensor, trunk: part.trunk,
        head: OutputHead(rows: part.rows, columns: configuration.coefficients, precision: configuration.precision))
    }
    trunkParameters = AlignedBuffer(count: layout.trunks.count)
  }

  /// Trained values: b, W and the MLPs.
  public var parameterCount: Int {
    target.tensors.reduce(0) { $0 + $1.count } + predicted.reduce(0) { $0 + $1.head.rows * $1.head.columns }
      + layout.trunks.tensors.reduce(0) { $0 + $1.count }
  }

  /// Starting values. b is a random initial model; W h is `outputScale` times as large, about.
  public func initialize(seed: UInt64) throws {
    let start = try NVDModel.unfitted(model, layerNames: HypernetworkLayout.layerNames(layerCount))
    start.initialize(seed: seed)
    shared.copy(from: UnsafeBufferPointer(start: start.parameters.pointer, count: start.parameters.count))
    var random = RandomSource(seed: seed, path: 0x7a0)
    for part in predicted { part.trunk.initialize(trunkParameters.pointer, random: &random) }
    let pieces = pieces
    runner.run(chunks: pieces.count) { _, number in
      let piece = pieces[number]
      let part = predicted[piece.part]
      var random = RandomSource(seed: seed, path: 0x4ead, UInt64(piece.part), UInt64(piece.rows.lowerBound))
      let limit = headLimit(part)
      for index in piece.rows.lowerBound * part.head.columns..<piece.rows.upperBound * part.head.columns {
        part.head.weights[index] = random.symmetric(limit)
      }
    }
  }

  /// The range of W at first, for coefficients of about 1.
  private func headLimit(_ part: PredictedTensor) -> Float {
    let range = part.tensor.offset..<part.tensor.offset + part.head.rows
    let meanSquare = range.reduce(Float.zero) { $0 + shared[$1] * shared[$1] } / Float(range.count)
    return configuration.outputScale * (3 * meanSquare / Float(part.head.columns)).squareRoot()
  }

  struct Piece: Sendable {
    let part: Int
    let rows: Range<Int>
  }

  /// All heads, cut into pieces of work.
  var pieces: [Piece] {
    predicted.enumerated().flatMap { part, predicted in
      stride(from: 0, to: predicted.head.rows, by: Self.rowsPerPiece).map {
        Piece(part: part, rows: $0..<min($0 + Self.rowsPerPiece, predicted.head.rows))
      }
    }
  }

  /// The parameters of the video with this embedding, and what the way back needs.
  /// - Precondition: `embeddingSize` values; `parameters` is laid out as the target.
  @discardableResult
  public func predict(_ embedding: [Float], into parameters: AlignedBuffer) -> Prediction {
    precondition(parameters.count == target.count, "\(parameters.count) values for \(target.count) parameters")
    let prediction = Prediction(self, embedding: embedding)
    parameters.copy(from: UnsafeBufferPointer(start: shared.pointer, count: shared.count))
    let pieces = pieces
    runner.run(chunks: pieces.count) { _, number in
      let piece = pieces[number]
      let part = predicted[piece.part]
      part.head.forward(
        rows: piece.rows, bias: shared.pointer + part.tensor.offset,
        coefficients: prediction.coefficients(piece.part), output: parameters.pointer + part.tensor.offset,
        kernels: kernels)
    }
    return prediction
  }
}

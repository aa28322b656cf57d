import Foundation
import Inference
import NeuralField

/// Trains a `TokenCompression` on the features of some windows: Adam on the mean absolute error of the way back.
public struct CompressionTraining: Codable, Equatable, Sendable {
  /// Steps, each on one window.
  public var iterations = 2000
  /// Adam's learning rate at the start; it falls to a tenth along a cosine. The encoder's weights, each of which begins at
  /// one over the number of tokens, move by at most ten times that fraction of it: at the full rate a single step would
  /// change their sum by more than it is.
  public var rate: Float = 1e-3
  /// Decides the order of the windows.
  public var seed: UInt64 = 0

  public init() {}

  /// - Parameters:
  ///   - windows: features of windows, all `tokens x channels`; any windows of the training clips.
  ///   - embedder: `VideoMAEEmbedder.modelName` of the model that made them.
  ///   - progress: is told the step and its loss.
  /// - Throws: `EmbeddingError.featureShape` for windows of different shapes, `.notFinite` where training diverges.
  public func run(
    _ windows: [Tensor], embedder: String, progress: ((_ iteration: Int, _ loss: Float) -> Void)? = nil
  ) throws -> TokenCompression {
    guard let shape = windows.first?.shape, shape.count == 2 else {
      throw EmbeddingError.featureShape(found: [], expected: [0, 0])
    }
    for window in windows where window.shape != shape {
      throw EmbeddingError.featureShape(found: window.shape, expected: shape)
    }
    var compression = TokenCompression(tokens: shape[0], embedder: embedder)
    var random = RandomSource(seed: seed)
    var optimiser = VectorAdam(count: 3 * shape[0] + 1)
    for iteration in 0..<iterations {
      let window = windows[random.index(below: windows.count)]
      let (loss, gradient) = try Self.gradient(of: compression, window)
      guard loss.isFinite else { throw EmbeddingError.notFinite("the losses of the compression") }
      progress?(iteration, loss)
      let share = Float(iteration) / Float(iterations)
      optimiser.step(&compression, gradient, rate: rate * (0.55 + 0.45 * cos(.pi * share)))
    }
    return compression
  }

  /// The mean of `|x' - x|` over a window and its gradient by the encoder's weights and offset and the decoder's weights
  /// and offsets, in this order.
  static func gradient(of c: TokenCompression, _ window: Tensor) throws -> (loss: Float, gradient: [Float]) {
    let (tokens, channels) = (window.shape[0], window.shape[1])
    let vector = try c.compress(window)
    var gradient = [Float](repeating: 0, count: 3 * tokens + 1)
    var ofVector = [Float](repeating: 0, count: channels)
    let unit = 1 / Float(tokens * channels)
    var loss = 0.0
    for token in 0..<tokens {
      let row = window.pointer + token * channels
      let (weight, offset) = (c.decoder[token], c.decoderBias[token])
      var (error, ofWeight, ofOffset) = (Float.zero, Float.zero, Float.zero)
      for channel in 0..<channels {
        let difference = weight * vector[channel] + offset - row[channel]
        let slope: Float = difference > 0 ? unit : difference < 0 ? -unit : 0
        error += abs(difference)
        ofWeight += slope * vector[channel]
        ofOffset += slope
        ofVector[channel] += slope * weight
      }
      loss += Double(error)
      gradient[tokens + 1 + token] = ofWeight
      gradient[2 * tokens + 1 + token] = ofOffset
    }
    for token in 0..<tokens {
      let row = window.pointer + token * channels
      gradient[token] = (0..<channels).reduce(Float.zero) { $0 + ofVector[$1] * row[$1] }
    }
    gradient[tokens] = ofVector.reduce(0, +)
    return (Float(loss) * unit, gradient)
  }
}

/// Adam over the few numbers of a compression.
private struct VectorAdam {
  private var first: [Float]
  private var second: [Float]
  private var steps = 0
  private let constants = AdamConfiguration()

  init(count: Int) { (first, second) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count)) }

  mutating func step(_ c: inout TokenCompression, _ gradient: [Float], rate: Float) {
    steps += 1
    let correction1 = 1 / (1 - pow(constants.beta1, Float(steps)))
    let correction2 = 1 / (1 - pow(constants.beta2, Float(steps)))
    let tokens = c.tokenCount
    for (index, slope) in gradient.enumerated() {
      first[index] += (1 - constants.beta1) * (slope - first[index])
      second[index] += (1 - constants.beta2) * (slope * slope - second[index])
      let own = index < tokens ? rate * min(1, 10 / Float(tokens)) : rate
      let change = own * first[index] * correction1 / ((second[index] * correction2).squareRoot() + constants.epsilon)
      switch index {
      case ..<tokens: c.encoder[index] -= change
      case tokens: c.encoderBias -= change
      case ...(2 * tokens): c.decoder[index - tokens - 1] -= change
      default: c.decoderBias[index - 2 * tokens - 1] -= change
      }
    }
  }
}

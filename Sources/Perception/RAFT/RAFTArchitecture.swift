/// What the two published RAFT networks (Teed and Deng, ECCV 2020) are made of.
struct RAFTArchitecture: Equatable, Sendable {
  /// How a block of the encoders is built.
  enum Block: Equatable, Sendable {
    /// Two 3x3 convolutions.
    case residual
    /// 1x1 to a quarter of the channels, 3x3, 1x1.
    case bottleneck
  }

  /// What follows a convolution of an encoder.
  enum Norm: Equatable, Sendable {
    case none, instance, batch
  }

  let name: String
  let block: Block
  /// Channels after the first convolution, and of the first stage.
  let stem: Int
  /// Channels of the three stages, each of two blocks.
  let stages: [Int]
  /// Channels of the features that are correlated.
  let features: Int
  /// Channels of the recurrent state, and of the context that accompanies it.
  let hidden: Int
  let context: Int
  let contextNorm: Norm
  /// A look-up window has `2 * radius + 1` samples a side.
  let radius: Int
  /// Whether the correlation passes a second, 3x3 convolution: its outputs.
  let correlationChannels: [Int]
  let flowChannels: [Int]
  /// Channels of the motion features, the two of the flow itself included.
  let motion: Int
  /// The kernels of the recurrent units, one after the other: height and width, and what the names end in.
  let units: [Unit]
  let headChannels: Int
  /// Whether the flow is brought to full size by learned weights; else bilinearly.
  let upsamplesConvexly: Bool

  struct Unit: Equatable, Sendable {
    let height: Int
    let width: Int
    let suffix: String
  }

  /// Levels of the correlation pyramid.
  static let levels = 4
  /// Features and flow are estimated at this fraction of the picture.
  static let stride = 8

  /// Samples of the look-up at one place, over all levels.
  var correlationSamples: Int { Self.levels * (2 * radius + 1) * (2 * radius + 1) }

  static let small = RAFTArchitecture(
    name: "raft-small", block: .bottleneck, stem: 32, stages: [32, 64, 96], features: 128, hidden: 96, context: 64,
    contextNorm: .none, radius: 3, correlationChannels: [96], flowChannels: [64, 32], motion: 82,
    units: [Unit(height: 3, width: 3, suffix: "")], headChannels: 128, upsamplesConvexly: false)

  static let large = RAFTArchitecture(
    name: "raft-large", block: .residual, stem: 64, stages: [64, 96, 128], features: 256, hidden: 128, context: 128,
    contextNorm: .batch, radius: 4, correlationChannels: [256, 192], flowChannels: [128, 64], motion: 128,
    units: [Unit(height: 1, width: 5, suffix: "1"), Unit(height: 5, width: 1, suffix: "2")], headChannels: 256,
    upsamplesConvexly: true)
}

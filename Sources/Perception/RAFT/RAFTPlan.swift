import CKernels
import Inference
import Media

/// A RAFT network prepared for frames of one size. It may run on several threads at the same time.
struct RAFTPlan: FrameFlow {
  /// What a frame contributes to the flow from it and to it.
  struct Prepared: Sendable {
    /// One row of features a place.
    let features: Tensor
    let pyramid: CorrelationPyramid
    /// The state to begin with, and what the context adds to the gates.
    let state: Tensor
    let constants: [Tensor]
  }

  /// The published network is trained on larger pictures; smaller ones are padded to this side.
  private static let leastSide = 128

  let size: PixelSize
  let iterations: Int
  private let network: RAFTArchitecture
  private let padded: PixelSize
  let featureEncoder: RAFTEncoder
  let contextEncoder: RAFTEncoder
  private let update: RAFTUpdate
  private let mask: [Convolution]

  init(_ weights: RAFTWeights, size: PixelSize, iterations: Int) throws {
    (self.size, self.iterations, network) = (size, iterations, weights.architecture)
    let stride = RAFTArchitecture.stride
    func side(_ length: Int) -> Int { max(Self.leastSide, (length + stride - 1) / stride * stride) }
    padded = PixelSize(width: side(size.width), height: side(size.height))
    let (height, width) = (padded.height, padded.width)
    featureEncoder = try RAFTEncoder("fnet", weights, norm: .instance, height: height, width: width)
    contextEncoder = try RAFTEncoder("cnet", weights, norm: network.contextNorm, height: height, width: width)
    let (rows, columns) = (height / stride, width / stride)
    update = try RAFTUpdate(weights, height: rows, width: columns)
    mask =
      network.upsamplesConvexly
      ? [
        try Convolution(weights.kernel("update_block.mask.0"), height: rows, width: columns, activation: .relu),
        // The published code multiplies what this layer gives by 0.25.
        try Convolution(weights.kernel("update_block.mask.2").scaled(by: 0.25), height: rows, width: columns),
      ] : []
  }

  func prepare(_ frame: Frame) throws -> Prepared {
    let picture = normalised(frame)
    let features = try featureEncoder(picture)
    let (state, input) = split(try contextEncoder(picture))
    return Prepared(
      features: features, pyramid: CorrelationPyramid(features), state: state,
      constants: try update.constants(input))
  }

  /// `tanh` of the first channels, the state to begin with, and `max(0, .)` of the others.
  private func split(_ context: Tensor) -> (state: Tensor, input: Tensor) {
    let places = context.shape[0] * context.shape[1]
    let (state, input) = (
      Tensor(context.shape.dropLast() + [network.hidden]), Tensor(context.shape.dropLast() + [network.context])
    )
    for place in 0..<places {
      let from = context.pointer + place * (network.hidden + network.context)
      (state.pointer + place * network.hidden).update(from: from, count: network.hidden)
      let to = input.pointer + place * network.context
      for channel in 0..<network.context { to[channel] = max(0, from[network.hidden + channel]) }
    }
    ck_active().pointee.tanh(state.count, state.pointer, state.pointer)
    return (state, input)
  }

  func flow(from: Prepared, to: Prepared) throws -> FlowField {
    let (coarse, state) = try coarseFlow(from: from, to: to)
    let fine: Tensor
    if network.upsamplesConvexly {
      fine = FlowUpsampling.convex(coarse, weights: try mask[1](mask[0](state)))
    } else {
      fine = FlowUpsampling.bilinear(coarse)
    }
    return cropped(fine)
  }

  /// The flow at an eighth of the size, in its pixels, and the state that goes with it.
  func coarseFlow(from: Prepared, to: Prepared) throws -> (flow: Tensor, state: Tensor) {
    let (height, width) = (from.features.shape[0], from.features.shape[1])
    let (flow, centres) = (Tensor([height, width, 2]), Tensor([height, width, 2]))
    let samples = Tensor([height, width, network.correlationSamples])
    let state = Tensor(from.state.shape)
    state.pointer.update(from: from.state.pointer, count: state.count)
    for _ in 0..<iterations {
      let (centre, vector) = (centres.pointer, flow.pointer)
      for place in 0..<height * width {
        centre[2 * place] = Float(place % width) + vector[2 * place]
        centre[2 * place + 1] = Float(place / width) + vector[2 * place + 1]
      }
      to.pyramid.lookUp(from.features, at: centres, radius: network.radius, into: samples)
      try update.step(flow: flow, state: state, samples: samples, constants: from.constants)
    }
    return (flow, state)
  }

  /// The frame in [-1, 1], its edge pixels repeated up to the padded size.
  func normalised(_ frame: Frame) -> Tensor {
    let picture = Tensor([padded.height, padded.width, 3])
    let (left, top) = origin
    frame.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<padded.height {
        let row = min(max(y - top, 0), size.height - 1) * size.width
        for x in 0..<padded.width {
          let from = (row + min(max(x - left, 0), size.width - 1)) * 3
          let to = picture.pointer + (y * padded.width + x) * 3
          for channel in 0..<3 { to[channel] = 2 * (Float(pixels[from + channel]) * Frame.unit) - 1 }
        }
      }
    }
    return picture
  }

  private func cropped(_ flow: Tensor) -> FlowField {
    var vectors: [Float] = []
    vectors.reserveCapacity(size.pixelCount * 2)
    for y in 0..<size.height {
      let start = flow.pointer + ((y + origin.top) * padded.width + origin.left) * 2
      vectors.append(contentsOf: UnsafeBufferPointer(start: start, count: size.width * 2))
    }
    return FlowField(size: size, vectors: vectors)
  }

  /// Where the frame lies in the padded picture.
  private var origin: (left: Int, top: Int) {
    ((padded.width - size.width) / 2, (padded.height - size.height) / 2)
  }
}

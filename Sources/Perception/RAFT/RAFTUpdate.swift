import CKernels
import Inference

/// One iteration of RAFT: from the look-up and the flow so far to a better flow. Prepared for one size; the state is the
/// caller's.
///
/// The published recurrent unit convolves (state, context, motion) together. A convolution of a concatenation is the sum
/// of the convolutions of its parts, and the context does not change between iterations: its part is worked out once.
struct RAFTUpdate: Sendable {
  private let correlation: [Convolution]
  private let flow: [Convolution]
  private let motion: Convolution
  private let units: [Unit]
  private let head: [Convolution]
  private let network: RAFTArchitecture
  private let shape: [Int]

  /// - Parameters:
  ///   - height, width: of the features, an eighth of the picture's.
  init(_ weights: RAFTWeights, height: Int, width: Int) throws {
    network = weights.architecture
    shape = [height, width]
    func layer(_ name: String, _ activation: Activation) throws -> Convolution {
      try Convolution(weights.kernel("update_block." + name), height: height, width: width, activation: activation)
    }
    correlation = try network.correlationChannels.indices.map { try layer("encoder.convc\($0 + 1)", .relu) }
    flow = try network.flowChannels.indices.map { try layer("encoder.convf\($0 + 1)", .relu) }
    motion = try layer("encoder.conv", .relu)
    units = try weights.architecture.units.map { try Unit($0, weights, height: height, width: width) }
    head = [try layer("flow_head.conv1", .relu), try layer("flow_head.conv2", .identity)]
  }

  /// What the context adds to the gates of every unit, in all iterations.
  func constants(_ context: Tensor) throws -> [Tensor] { try units.map { try $0.context(context) } }

  /// Moves `flow` (x and y a place, in pixels of the features) and the state on.
  func step(flow: Tensor, state: Tensor, samples: Tensor, constants: [Tensor]) throws {
    var seen = samples
    for layer in correlation { seen = try layer(seen) }
    var moved = flow
    for layer in self.flow { moved = try layer(moved) }
    let both = Tensor(shape + [seen.shape[2] + moved.shape[2]])
    concatenate(seen, moved, into: both)
    let features = Tensor(shape + [network.motion])
    concatenate(try motion(both), flow, into: features)
    for (unit, constant) in zip(units, constants) { try unit.step(state, features, constant) }
    add(try head[1](head[0](state)), to: flow)
  }

  /// A convolutional gated recurrent unit.
  private struct Unit: Sendable {
    /// State to the sums of update and reset gate.
    let gates: Convolution
    /// Reset state to the sum of the candidate.
    let candidate: Convolution
    /// Motion and context to the sums of all three.
    let motion: Convolution
    let context: Convolution
    let hidden: Int

    init(_ unit: RAFTArchitecture.Unit, _ weights: RAFTWeights, height: Int, width: Int) throws {
      let network = weights.architecture
      hidden = network.hidden
      let all = ["z", "r", "q"].map { weights.kernel("update_block.gru.conv\($0)\(unit.suffix)") }
      let contextEnd = network.hidden + network.context
      let contexts = all.map { kernel in
        var part = kernel.taking(network.hidden..<contextEnd)
        part.bias = kernel.bias
        return part
      }
      let states = all.map { $0.taking(0..<network.hidden) }
      let motions = all.map { $0.taking(contextEnd..<contextEnd + network.motion) }
      gates = try Convolution(.stacking([states[0], states[1]]), height: height, width: width)
      candidate = try Convolution(states[2], height: height, width: width)
      motion = try Convolution(.stacking(motions), height: height, width: width)
      context = try Convolution(.stacking(contexts), height: height, width: width)
    }

    func step(_ state: Tensor, _ features: Tensor, _ constant: Tensor) throws {
      let input = try motion(features)
      let (update, reset) = (Tensor(state.shape), Tensor(state.shape))
      applyGates(try gates(state), input, constant, state, update: update, reset: reset)
      applyUpdate(try candidate(reset), input, constant, update, state)
    }

    private func applyGates(
      _ sums: Tensor, _ input: Tensor, _ constant: Tensor, _ state: Tensor, update: Tensor, reset: Tensor
    ) {
      ck_active().pointee.gru_gates(
        state.count / hidden, hidden, sums.pointer, input.pointer, constant.pointer, state.pointer, update.pointer,
        reset.pointer)
    }

    private func applyUpdate(
      _ sums: Tensor, _ input: Tensor, _ constant: Tensor, _ update: Tensor, _ state: Tensor
    ) {
      ck_active().pointee.gru_update(
        state.count / hidden, hidden, sums.pointer, input.pointer, constant.pointer, update.pointer, state.pointer)
    }
  }
}

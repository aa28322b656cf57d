import Foundation
import Media
import Testing

@testable import Perception

/// The networks against torchvision's, with weights of no meaning: every layer, name and order counts.
@Suite struct RAFTTests {
  private let fixture: RAFTFixture

  init() throws { fixture = try RAFTFixture.shared.get() }

  @Test(
    "Flow is torchvision's, of a picture whose sides are no multiples of 8",
    arguments: [("small", 3), ("large", 1), ("large", 3)])
  func torchvision(network: String, iterations: Int) throws {
    let raft = try RAFTFixture.withFile(fixture.weights(network)) { try RAFT(contentsOf: $0, iterations: iterations) }
    #expect(raft.name == "raft-\(network)")
    let expected = try fixture.flow(network, iterations: iterations)
    let flow = try raft.flow(from: fixture.frames[0], to: fixture.frames[1])
    #expect((expected.vectors.map(abs).max() ?? 0) > 10)
    #expect(flow.distance(from: expected) < 1e-3)
  }

  @Test("The original code's names, wrapped for parallel training, give the same flow", arguments: ["small", "large"])
  func originalNames(network: String) throws {
    let given = try fixture.weights(network)
    let architecture: RAFTArchitecture = network == "small" ? .small : .large
    var renamed: [String: RAFTFixture.Tensor] = [:]
    for layer in architecture.layers {
      for part in ["weight", "bias", "running_mean", "running_var"] {
        renamed["module.\(layer).\(part)"] = given["\(RAFTNames.torchvision.name(layer)).\(part)"]
      }
    }
    #expect(renamed.count == given.count)
    let flows = try [given, renamed].map { weights in
      try RAFTFixture.withFile(weights) { try RAFT(contentsOf: $0, iterations: 1) }.flow(
        from: fixture.frames[0], to: fixture.frames[1])
    }
    #expect(flows[0].distance(from: flows[1]) == 0)
  }

  @Test("Pairs of a clip are the flows of its frames, in both directions")
  func pairs() throws {
    let raft = try RAFTFixture.withFile(fixture.weights("small")) { try RAFT(contentsOf: $0, iterations: 1) }
    let frames = [fixture.frames[0], fixture.frames[1], fixture.frames[0]]
    let pairs = try FlowEstimator(.raft(raft)).pairs(for: frames)
    let (there, back) = (
      try raft.flow(from: frames[0], to: frames[1]), try raft.flow(from: frames[1], to: frames[0])
    )
    // Equal to the bit; a failure shows no more than that.
    let (forward, backward) = (pairs.map(\.forward) == [there, back], pairs.map(\.backward) == [back, there])
    #expect(forward && backward)
  }

  @Test("Small frames are padded, frames of two sizes refused")
  func sizes() throws {
    let raft = try RAFTFixture.withFile(fixture.weights("small")) { try RAFT(contentsOf: $0, iterations: 1) }
    let small = Frame(size: PixelSize(width: 30, height: 17))
    let flow = try raft.flow(from: small, to: small)
    #expect(flow.size == small.size)
    #expect(flow.vectors.allSatisfy { $0.isFinite })
    let size = fixture.frames[0].size
    #expect(throws: PerceptionError.frameSizeDiffers(frame: 1, size: size, expected: small.size)) {
      try raft.flow(from: small, to: fixture.frames[0])
    }
  }
}

extension RAFTArchitecture {
  /// The original names of all layers with weights, worked out from what the published code builds.
  fileprivate var layers: [String] {
    let isLarge = self == .large
    var names: [String] = []
    for encoder in ["fnet", "cnet"] {
      let hasNorm = isLarge && encoder == "cnet"
      names += ["\(encoder).conv1", "\(encoder).conv2"] + (hasNorm ? ["\(encoder).norm1"] : [])
      for stage in 1...3 {
        for block in 0..<2 {
          let prefix = "\(encoder).layer\(stage).\(block)"
          for number in 1...(isLarge ? 2 : 3) {
            names += ["\(prefix).conv\(number)"] + (hasNorm ? ["\(prefix).norm\(number)"] : [])
          }
          if stage > 1 && block == 0 {
            names += ["\(prefix).downsample.0"] + (hasNorm ? ["\(prefix).downsample.1"] : [])
          }
        }
      }
    }
    let convolutions =
      isLarge ? ["convc1", "convc2", "convf1", "convf2", "conv"] : ["convc1", "convf1", "convf2", "conv"]
    names += convolutions.map { "update_block.encoder.\($0)" }
    let gates = isLarge ? ["convz1", "convr1", "convq1", "convz2", "convr2", "convq2"] : ["convz", "convr", "convq"]
    names += gates.map { "update_block.gru.\($0)" }
    names += ["update_block.flow_head.conv1", "update_block.flow_head.conv2"]
    return names + (isLarge ? ["update_block.mask.0", "update_block.mask.2"] : [])
  }
}

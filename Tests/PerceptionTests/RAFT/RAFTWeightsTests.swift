import Foundation
import Testing
import Weights

@testable import Perception

/// Files that are not what RAFT needs.
@Suite struct RAFTWeightsTests {
  private let weights: [String: RAFTFixture.Tensor]
  private let stem = "feature_encoder.convnormrelu.0.weight"

  init() throws { weights = try RAFTFixture.shared.get().weights("large") }

  private func reading(_ change: (inout [String: RAFTFixture.Tensor]) -> Void) throws -> String {
    var changed = weights
    change(&changed)
    return try RAFTFixture.withFile(changed) { url in
      do {
        _ = try RAFTWeights(contentsOf: url)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
  }

  @Test func whatIsRightIsAccepted() throws {
    #expect(try reading { _ in } == "accepted")
    #expect(try reading { $0["an.extra"] = $0[stem] } == "accepted")
  }

  @Test func anotherModel() throws {
    let message = try reading { $0 = ["encoder.weight": RAFTFixture.Tensor(shape: [2], values: [1, 2])] }
    #expect(message.contains("holds no RAFT network"))
    #expect(message.contains("RAFT-small or RAFT-large"))
  }

  @Test func aNetworkOfAnotherWidth() throws {
    let message = try reading {
      $0[stem] = RAFTFixture.Tensor(shape: [48, 3, 7, 7], values: Array(repeating: 0, count: 7056))
    }
    #expect(message.contains("[48, 3, 7, 7]"))
  }

  @Test func aMissingTensor() throws {
    let message = try reading { $0["update_block.flow_head.conv2.bias"] = nil }
    #expect(message.contains("no tensor 'update_block.flow_head.conv2.bias'"))
  }

  @Test func aTensorOfAnotherShape() throws {
    let message = try reading {
      $0["mask_predictor.conv.bias"] = RAFTFixture.Tensor(shape: [5], values: [1, 2, 3, 4, 5])
    }
    #expect(message.contains("mask_predictor.conv.bias") && message.contains("[5]") && message.contains("[576]"))
  }

  @Test(arguments: [Float.nan, .infinity])
  func aWeightThatIsNoNumber(value: Float) throws {
    let message = try reading { $0[stem]?.values[77] = value }
    #expect(message.contains("\(stem) holds \(value)"))
  }

  @Test func aNegativeVariance() throws {
    let message = try reading { $0["context_encoder.convnormrelu.1.running_var"]?.values[3] = -1 }
    #expect(message.contains("running_var holds -1.0"))
  }
}

import Foundation
import Media
import Testing
import Weights

@testable import Perception

/// What torchvision's RAFT gives for weights that follow from the tensors' names (Benchmarks/peer/make_raft_fixture.py).
struct RAFTFixture: Sendable {
  let frames: [Frame]
  private let file: TensorFile

  static let shared: Result<RAFTFixture, any Error> = Result { try RAFTFixture() }

  private init() throws {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/raft", withExtension: "safetensors"))
    file = try TensorFile(contentsOf: url)
    let shape = try file.info("frames").shape
    let size = PixelSize(width: shape[2], height: shape[1])
    let values = try file.floats("frames").map { UInt16($0) * 257 }
    let count = size.pixelCount * 3
    frames = [0, 1].map { Frame(size: size, pixels: Array(values[$0 * count..<($0 + 1) * count])) }
  }

  /// The flow after some iterations.
  func flow(_ network: String, iterations: Int) throws -> FlowField {
    FlowField(size: frames[0].size, vectors: try file.floats("\(network).\(iterations)"))
  }

  /// The names and shapes of torchvision's tensors.
  func tensors(_ network: String) throws -> [(name: String, shape: [Int])] {
    let lines = try #require(file.metadata[network]).split(separator: "\n")
    return lines.map { line in
      let parts = line.split(separator: " ")
      return (String(parts[0]), parts[1].split(separator: ",").compactMap { Int($0) })
    }
  }

  /// The weights of a network under torchvision's names.
  func weights(_ network: String) throws -> [String: Tensor] {
    var tensors: [String: Tensor] = [:]
    for (name, shape) in try self.tensors(network) {
      tensors[name] = Tensor(shape: shape, values: RAFTFixture.values(name, shape))
    }
    return tensors
  }

  struct Tensor: Sendable {
    var shape: [Int]
    var values: [Float]
  }

  /// What `use` makes of a file with these tensors, which is gone afterwards.
  static func withFile<Result>(_ tensors: [String: Tensor], _ use: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hypernvd-raft-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appendingPathComponent("weights.safetensors")
    let list = tensors.sorted { $0.key < $1.key }.map { (name: $0.key, shape: $0.value.shape, values: $0.value.values) }
    try SafetensorsWriter.write(tensors: list, to: url)
    return try use(url)
  }

  /// Uniform numbers by SplitMix64, seeded with the FNV-1a hash of the name.
  private static func values(_ name: String, _ shape: [Int]) -> [Float] {
    var seed: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { seed = (seed ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var generator = SplitMix64(state: seed)
    let reach = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
    let isScale = name.hasSuffix("running_var") || name.hasSuffix(".weight")
    return (0..<shape.reduce(1, *)).map { _ in
      let unit = Double(generator.next() >> 40) / Double(1 << 24)
      if shape.count == 4 { return Float(reach * (2 * unit - 1)) }
      return Float(isScale ? 0.5 + unit : 0.1 * (2 * unit - 1))
    }
  }
}

extension FlowField {
  /// The largest difference of a component.
  func distance(from other: FlowField) -> Float {
    #expect(size == other.size)
    return zip(vectors, other.vectors).map { abs($0 - $1) }.max() ?? 0
  }
}

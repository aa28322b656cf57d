/// Which learning rate a tensor trains with.
public enum ParameterGroup: String, Codable, CaseIterable, Sendable {
  /// Entries of hash grids.
  case grid
  /// Weights and biases of MLPs.
  case network
}

/// A named tensor inside the flat parameter buffer.
public struct ParameterTensor: Equatable, Sendable {
  /// For example `background.texture.grid` or `foreground.mapping.0.weight`.
  public let name: String
  /// Row-major; weights are (outputs, inputs), grids (entries, features).
  public let shape: [Int]
  /// First value in the flat buffer, a multiple of 16 (64 bytes).
  public let offset: Int
  public let group: ParameterGroup

  public var count: Int { shape.reduce(1, *) }
  public var range: Range<Int> { offset..<offset + count }
}

/// Where every tensor of a model lies in one flat buffer. Parameters, gradients, Adam's state, checkpoints and the
/// output of a hypernetwork all use it.
public struct ParameterLayout: Equatable, Sendable {
  public private(set) var tensors: [ParameterTensor] = []
  /// Length of the buffer; between tensors it holds padding that stays zero.
  public private(set) var count = 0

  public init() {}

  /// Appends a tensor and returns it with its place.
  @discardableResult
  public mutating func add(_ name: String, shape: [Int], group: ParameterGroup) -> ParameterTensor {
    let tensor = ParameterTensor(name: name, shape: shape, offset: count, group: group)
    tensors.append(tensor)
    count = (count + tensor.count + 15) / 16 * 16
    return tensor
  }

  public func tensor(named name: String) -> ParameterTensor? { tensors.first { $0.name == name } }

  /// Ranges of the buffer that train with one learning rate, neighbours merged.
  public var groupRanges: [(group: ParameterGroup, range: Range<Int>)] {
    var ranges: [(group: ParameterGroup, range: Range<Int>)] = []
    for (index, tensor) in tensors.enumerated() {
      let end = index + 1 < tensors.count ? tensors[index + 1].offset : count
      if let last = ranges.last, last.group == tensor.group {
        ranges[ranges.count - 1].range = last.range.lowerBound..<end
      } else {
        ranges.append((tensor.group, tensor.offset..<end))
      }
    }
    return ranges
  }
}

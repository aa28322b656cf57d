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

  /// The shape of the rows that the first `values` values fill.
  public func shape(ofFirst values: Int) -> [Int] {
    [values / shape.dropFirst().reduce(1, *)] + shape.dropFirst()
  }
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

  /// The smallest range that holds all tensors of a group.
  public func range(of group: ParameterGroup) -> Range<Int> {
    let members = tensors.filter { $0.group == group }
    guard let first = members.first, let last = members.last else { return 0..<0 }
    return first.offset..<(last.offset + last.count + 15) / 16 * 16
  }
}

import NeuralField

/// The mean M over time of every layer's coarse light S (`CoarseLight`) at the places of its texture: on a lattice with
/// twice as many cells along an axis as the finest level of S, 256 at most, bilinear in between.
///
/// A node's mean is that of the values that batches have shown around it, each weighted with its opacity, what its point
/// counts in the losses, and the node's share of it. A batch counts for a twentieth less with every later one: so M is
/// that of about twenty, which show a node of a picture of its size two hundred times and more, and follows S closely.
///
/// `@unchecked Sendable`: it changes between batches only, on one thread.
final class LightMean: @unchecked Sendable {
  /// Levels of the residuals' grids that say S.
  let levels: Int
  let lattice: LightLattice
  /// Weights and weighted sums of S, as in `LightSums`, of all batches, fading.
  let sums: AlignedBuffer
  /// M, (layers, nodes, channels).
  private let means: AlignedBuffer

  private static let mostCells = 256
  /// What is left of a batch at the next.
  private static let memory: Float = 0.95
  /// Every node begins with a light of 1 of this weight, in points, which does not fade.
  private static let prior: Float = 1

  /// nil for no levels: there is no coarse light then.
  init?(_ model: NVDModel, levels: Int) {
    guard levels > 0 else { return nil }
    self.levels = min(levels, model.configuration.residualGrid.levels)
    let cells = min(2 * model.configuration.residualGrid.resolution(level: self.levels - 1), Self.mostCells)
    lattice = LightLattice(layers: model.layerCount, channels: model.configuration.residualChannels, cells: cells)
    sums = AlignedBuffer(count: lattice.sumCount)
    means = AlignedBuffer(count: lattice.layers * lattice.nodes * lattice.channels)
    average()
  }

  /// M at the first `count` places `uv` in [-1, 1] of a layer's texture, into `output`, a row a channel.
  func read(layer: Int, uv: FeatureRows, count: Int, into output: FeatureRows) {
    let channels = lattice.channels
    let below = (lattice.cells + 1) * channels
    let start = means.pointer + layer * lattice.nodes * channels
    let (u, v) = (uv[0], uv[1])
    for channel in 0..<channels {
      let target = output[channel]
      for point in 0..<count {
        let place = lattice.place(u[point], v[point])
        let node = start + place.node * channels + channel
        let upper = node[0] + place.right * (node[channels] - node[0])
        let lower = node[below] + place.right * (node[below + channels] - node[below])
        target[point] = upper + place.down * (lower - upper)
      }
    }
  }

  /// Takes in what the parts of a batch have seen.
  func learn(from parts: [LightSums]) {
    let target = sums.pointer
    for index in 0..<sums.count { target[index] *= Self.memory }
    for part in parts {
      let source = part.values.pointer
      for index in 0..<sums.count { target[index] += source[index] }
    }
    average()
  }

  /// Works M out; to be called after `sums` has changed.
  func average() {
    let channels = lattice.channels
    for node in 0..<lattice.layers * lattice.nodes {
      let (source, mean) = (sums.pointer + node * (1 + channels), means.pointer + node * channels)
      let share = 1 / (source[0] + Self.prior)
      for channel in 0..<channels { mean[channel] = (source[1 + channel] + Self.prior) * share }
    }
  }

  /// Whether the sums can have come from a training.
  var isPlausible: Bool { sums.values.allSatisfy { $0 >= 0 } }
}

/// Where the mean of coarse light is kept: nodes over the square of every layer's texture, row by row.
struct LightLattice: Sendable {
  let layers: Int
  let channels: Int
  /// Along an axis.
  let cells: Int
  var nodes: Int { (cells + 1) * (cells + 1) }
  /// Values of sums: (layers, nodes, 1 + channels).
  var sumCount: Int { layers * nodes * (1 + channels) }

  /// The node to the upper left of a place in [-1, 1]^2, and how far the place is from it, in cells. What is no place
  /// (a training that diverges) counts as a corner.
  func place(_ u: Float, _ v: Float) -> (node: Int, right: Float, down: Float) {
    let half = 0.5 * Float(cells)
    // In this order max makes 0 of what is not a number.
    let (x, y) = (max(0, u * half + half), max(0, v * half + half))
    let (column, row) = (Int(min(x, Float(cells - 1))), Int(min(y, Float(cells - 1))))
    return (row * (cells + 1) + column, x - Float(column), y - Float(row))
  }
}

/// What a part of a batch has seen of coarse light: at every node a weight, and a weighted sum of S a channel.
final class LightSums: @unchecked Sendable {
  private let lattice: LightLattice
  let values: AlignedBuffer

  init(_ lattice: LightLattice) {
    self.lattice = lattice
    values = AlignedBuffer(count: lattice.sumCount)
  }

  /// Adds S at the places `uv` in [-1, 1] of a layer's texture, with the weight `opacity` times `weight`, where the layer
  /// is evaluated: elsewhere there are no such places.
  func add(
    layer: Int, uv: FeatureRows, light: FeatureRows, opacity: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    isActive: [Bool]
  ) {
    let stride = 1 + lattice.channels
    let start = values.pointer + layer * lattice.nodes * stride
    let (u, v) = (uv[0], uv[1])
    func add(_ point: Int, to node: UnsafeMutablePointer<Float>, _ share: Float) {
      node[0] += share
      for channel in 0..<lattice.channels { node[1 + channel] += share * light[channel][point] }
    }
    for point in isActive.indices where isActive[point] {
      let seen = opacity[point] * weight[point]
      guard seen > 0 else { continue }
      let place = lattice.place(u[point], v[point])
      let node = start + place.node * stride
      let below = node + (lattice.cells + 1) * stride
      let (upper, lower) = (seen * (1 - place.down), seen * place.down)
      add(point, to: node, upper * (1 - place.right))
      add(point, to: node + stride, upper * place.right)
      add(point, to: below, lower * (1 - place.right))
      add(point, to: below + stride, lower * place.right)
    }
  }
}

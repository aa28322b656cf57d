import NeuralField

/// What a chunk leaves for the tables of the hash grids: the places it looked at, and the gradient of the features there.
/// Turned into a gradient of the tables level by level, for all chunks at once (`ModelUpdate`).
struct GridGradients: @unchecked Sendable {
  /// One grid's: coordinates (dimensions, points) and the gradient of its features (outputs, points).
  struct Record: Sendable {
    let input: FeatureRows
    let features: FeatureRows
    var count = 0

    init(_ grid: HashGrid, capacity: Int) {
      input = FeatureRows(features: grid.dimensions, capacity: capacity)
      features = FeatureRows(features: grid.outputs, capacity: capacity)
    }

    /// Takes the places over; the features' gradient is written by the caller.
    mutating func begin(_ grid: HashGrid, input source: FeatureRows, count: Int) {
      self.count = count
      for axis in 0..<grid.dimensions { input[axis].update(from: source[axis], count: count) }
    }
  }

  var textures: [Record]
  var residuals: [Record]
  var alpha: Record

  init(_ model: NVDModel, capacity: ChunkCapacity) {
    textures = model.layers.map { Record($0.textureGrid, capacity: capacity.colour) }
    residuals = model.layers.map { Record($0.residualGrid, capacity: capacity.residual) }
    alpha = Record(model.alphaGrid, capacity: capacity.alpha)
  }

  /// Every grid of the model with its record, in the order of `grids(of:)`.
  var records: [Record] { textures + residuals + [alpha] }

  static func grids(of model: NVDModel) -> [HashGrid] {
    model.layers.map(\.textureGrid) + model.layers.map(\.residualGrid) + [model.alphaGrid]
  }
}

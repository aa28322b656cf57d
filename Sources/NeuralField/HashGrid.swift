import CKernels

/// The shape of a multiresolution hash grid (Mueller et al. 2022), under the field's names in files.
public struct HashGridConfiguration: Codable, Equatable, Sendable {
  /// Number of levels; each gives two features.
  public var levels: Int
  /// Cells along an axis at the coarsest level.
  public var baseResolution: Int
  /// Resolution of a level over that of the one before.
  public var growth: Double
  /// A level has at most 2^log2TableSize entries; a level that needs no more is indexed directly.
  public var log2TableSize: Int

  enum CodingKeys: String, CodingKey {
    case levels = "n_levels"
    case baseResolution = "base_resolution"
    case growth = "per_level_scale"
    case log2TableSize = "log2_hashmap_size"
  }

  public init(levels: Int = 16, baseResolution: Int = 16, growth: Double = 1.38, log2TableSize: Int = 15) {
    self.levels = levels
    self.baseResolution = baseResolution
    self.growth = growth
    self.log2TableSize = log2TableSize
  }

  /// Cells along an axis at `level`: floor(base * growth^level).
  public func resolution(level: Int) -> Int {
    var scale = Double(baseResolution)
    for _ in 0..<level { scale *= growth }
    return Int(scale + 1e-6)
  }
}

/// A hash grid over [0, 1]^dimensions: its levels, and its table as a tensor of shape (entries, 2).
public struct HashGrid: @unchecked Sendable {
  public static let featuresPerLevel = 2

  public let dimensions: Int
  public let configuration: HashGridConfiguration
  public let table: ParameterTensor
  public var outputs: Int { configuration.levels * Self.featuresPerLevel }
  private let levels: [ck_grid_level]

  public init(
    _ configuration: HashGridConfiguration, dimensions: Int, name: String, in layout: inout ParameterLayout
  ) {
    precondition(dimensions == 2 || dimensions == 3, "hash grids have 2 or 3 dimensions, not \(dimensions)")
    self.dimensions = dimensions
    self.configuration = configuration
    var offset = 0
    var levels: [ck_grid_level] = []
    for level in 0..<configuration.levels {
      let resolution = configuration.resolution(level: level)
      let vertices = (0..<dimensions).reduce(1) { product, _ in product * (resolution + 1) }
      let limit = 1 << configuration.log2TableSize
      let entries = min(vertices, limit)
      levels.append(
        ck_grid_level(
          resolution: UInt32(resolution), entries: UInt32(entries), dense: vertices <= limit ? 1 : 0,
          offset: UInt32(offset)))
      offset += entries
    }
    self.levels = levels
    table = layout.add(name, shape: [offset, Self.featuresPerLevel], group: .grid)
  }

  /// How many levels, from the first, are indexed directly: their entries have a place in space of their own, those of
  /// the hashed levels after them are shared by places that have nothing in common.
  public var denseLevels: Int { levels.prefix { $0.dense == 1 }.count }

  /// How many values of the table, from its start, belong to levels that are indexed directly.
  public var denseValues: Int {
    levels.prefix(denseLevels).reduce(0) { $0 + Int($1.entries) * Self.featuresPerLevel }
  }

  /// How many values of both tables, from their start, mean the same: those of the first levels that have the same cells
  /// and the same entries in both grids.
  public func sharedValues(with other: HashGrid) -> Int {
    guard dimensions == other.dimensions else { return 0 }
    return zip(levels, other.levels).prefix { $0.resolution == $1.resolution && $0.entries == $1.entries }
      .reduce(0) { $0 + Int($1.0.entries) * Self.featuresPerLevel }
  }

  /// Features of the first `count` points: `output[2 l + f]` from coordinates `input[d]` in [0, 1].
  public func encode(
    _ parameters: UnsafePointer<Float>, input: FeatureRows, output: FeatureRows, count: Int, kernels: Kernels
  ) {
    withGrid { grid in
      kernels.table.grid_encode(
        grid, parameters + table.offset, count, input.pointer, input.stride, output.pointer, output.stride)
    }
  }

  /// The derivative with respect to the coordinates, into `inputGradient`.
  public func slope(
    _ parameters: UnsafePointer<Float>, input: FeatureRows, outputGradient: FeatureRows, inputGradient: FeatureRows,
    count: Int, kernels: Kernels
  ) {
    withGrid { grid in
      kernels.table.grid_slope(
        grid, parameters + table.offset, count, input.pointer, input.stride, outputGradient.pointer,
        outputGradient.stride, inputGradient.pointer, inputGradient.stride)
    }
  }

  /// The parameters of one level in the model's buffer.
  public func range(level: Int) -> Range<Int> {
    let start = table.offset + Self.featuresPerLevel * Int(levels[level].offset)
    return start..<start + Self.featuresPerLevel * Int(levels[level].entries)
  }

  /// The two features of one level at some of the points, into the first two rows of `output`.
  func encode(
    level: Int, _ parameters: UnsafePointer<Float>, input: FeatureRows, output: FeatureRows, points: Range<Int>,
    kernels: Kernels
  ) {
    withLevel(level) { grid in
      kernels.table.grid_encode(
        grid, parameters + range(level: level).lowerBound, points.count, input.pointer + points.lowerBound,
        input.stride,
        output.pointer + points.lowerBound, output.stride)
    }
  }

  /// Adds the gradient of one level's parameters to `gradient`, which holds only these (see `range(level:)`), point after
  /// point. Level by level the sums stay in the cache, and levels can be given to different threads.
  /// - Parameter outputGradient: of all levels' features.
  public func scatter(
    level: Int, input: FeatureRows, outputGradient: FeatureRows, count: Int, gradient: UnsafeMutablePointer<Float>,
    kernels: Kernels
  ) {
    scatter(
      level: level, input: input, featureGradient: outputGradient[Self.featuresPerLevel * level],
      stride: outputGradient.stride, count: count, gradient: gradient, kernels: kernels)
  }

  /// The same from the gradient of this level's two features alone, `stride` values apart.
  func scatter(
    level: Int, input: FeatureRows, featureGradient: UnsafePointer<Float>, stride: Int, count: Int,
    gradient: UnsafeMutablePointer<Float>, kernels: Kernels
  ) {
    withLevel(level) { grid in
      kernels.table.grid_scatter(grid, count, input.pointer, input.stride, featureGradient, stride, gradient)
    }
  }

  /// Uniform in [-1e-4, 1e-4], as in the paper of the hash grid.
  public func initialize(_ parameters: UnsafeMutablePointer<Float>, random: inout RandomSource) {
    for index in table.range { parameters[index] = random.symmetric(1e-4) }
  }

  /// A grid of one level, whose table starts with that level.
  private func withLevel(_ level: Int, _ body: (UnsafePointer<ck_grid>) -> Void) {
    var shape = levels[level]
    shape.offset = 0
    withUnsafePointer(to: &shape) { shape in
      var grid = ck_grid(dims: UInt32(dimensions), levels: 1, level: shape)
      body(&grid)
    }
  }

  private func withGrid(_ body: (UnsafePointer<ck_grid>) -> Void) {
    levels.withUnsafeBufferPointer { levels in
      var grid = ck_grid(dims: UInt32(dimensions), levels: UInt32(levels.count), level: levels.baseAddress)
      body(&grid)
    }
  }
}

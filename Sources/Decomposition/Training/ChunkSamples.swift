import NeuralField

/// The points of one chunk of a batch, with what the clip says about them. Points lie in this order:
/// colour points (all networks), flow matches (mapping and alpha), global rigidity neighbours (mapping only).
/// Residual patches are kept apart.
///
/// What is looked at point by point lies in plain memory: an array in a class is checked for overlapping accesses at each.
final class ChunkSamples: @unchecked Sendable {
  /// A match of a colour point in a neighbouring frame.
  struct Match {
    /// The colour point; the match itself is point `colourCount + position in matches`.
    var point: Int
  }

  var colourCount = 0
  /// Pixel coordinates and frame numbers of all points.
  let x: UnsafeMutablePointer<Float>
  let y: UnsafeMutablePointer<Float>
  let frame: UnsafeMutablePointer<Int32>
  /// Colour of the video at the colour points, (3, points), in [0, 1].
  let target: FeatureRows
  /// Mask of each foreground at the colour points, (foregrounds, points), in [0, 1].
  let mask: FeatureRows
  /// Whether masks are hard ones with edges made soft (`SoftEdges`): a value in between then is a guess.
  var hasSoftEdges = false
  /// For each foreground, whether the mask counts at a colour point.
  let maskCounts: [UnsafeMutablePointer<Bool>]
  /// What a colour point counts in the losses of single points, 1 in the mean; 0 where it only serves a stencil.
  let weight: UnsafeMutablePointer<Float>
  /// Squared error of the reconstruction at the colour points, summed over channels; known once the losses are.
  let squaredError: UnsafeMutablePointer<Float>
  /// Colour points p, p + (1, 0), p + (0, 1).
  var stencils: [(origin: Int, right: Int, below: Int)] = []
  var matches: [Match] = []
  /// Colour points with two neighbours each, `globalRigidityStep` to the left and above.
  var globalRigidity: [Int] = []

  /// Residual patches: nine pixels each, as (patches * 9) positions in frame `first`, compared with frame `second`.
  var patchX: [Float] = []
  var patchY: [Float] = []
  var patches: [(first: Int32, second: Int32)] = []
  /// Where each layer is evaluated, background last.
  var layers: [LayerPoints]
  /// Where opacities are evaluated.
  var opacity = LayerPoints()

  var matchStart: Int { colourCount }
  var rigidityStart: Int { colourCount + matches.count }
  /// Points that need the mapping.
  var mappedCount: Int { rigidityStart + 2 * globalRigidity.count }

  static let patchSize = 9

  init(capacity: ChunkCapacity, foregrounds: Int) {
    func memory<Value>(_ value: Value, count: Int) -> UnsafeMutablePointer<Value> {
      let result = UnsafeMutablePointer<Value>.allocate(capacity: count)
      result.initialize(repeating: value, count: count)
      return result
    }
    x = memory(0, count: capacity.mapped)
    y = memory(0, count: capacity.mapped)
    frame = memory(0, count: capacity.mapped)
    target = FeatureRows(features: 3, capacity: capacity.colour)
    mask = FeatureRows(features: foregrounds, capacity: capacity.colour)
    weight = memory(1, count: capacity.colour)
    squaredError = memory(0, count: capacity.colour)
    maskCounts = (0..<foregrounds).map { _ in memory(true, count: capacity.colour) }
    layers = [LayerPoints](repeating: LayerPoints(), count: foregrounds + 1)
  }

  deinit {
    x.deallocate()
    y.deallocate()
    frame.deallocate()
    weight.deallocate()
    squaredError.deallocate()
    for counts in maskCounts { counts.deallocate() }
  }

  /// Whether a colour point lies at a soft edge of a mask.
  func isSoftEdge(_ foreground: Int, _ point: Int) -> Bool {
    let value = mask[foreground][point]
    return hasSoftEdges && value > 0 && value < 1
  }

  /// Colour points that count in the losses of single points.
  var countedPoints: Int { (0..<colourCount).reduce(0) { $0 + (weight[$1] > 0 ? 1 : 0) } }

  /// Chooses where to evaluate what: foreground f at the points that `isActive(f, point)` and with the patches that
  /// `hasPatch(f, patch)` name, asked in ascending order.
  func chooseLayerPoints(isActive: (Int, Int) -> Bool, hasPatch: (Int, Int) -> Bool) {
    let foregrounds = layers.indices.dropLast()
    for foreground in foregrounds {
      layers[foreground].choose(
        from: self, isActive: { isActive(foreground, $0) }, hasPatch: { hasPatch(foreground, $0) })
    }
    layers[foregrounds.count].choose(from: self, isActive: { _ in true }, hasPatch: { _ in true })
    opacity.choose(
      from: self, isActive: { point in foregrounds.contains { layers[$0].isActive[point] } },
      hasPatch: { _ in false })
  }

  func set(_ point: Int, x: Float, y: Float, frame: Int) {
    self.x[point] = x
    self.y[point] = y
    self.frame[point] = Int32(frame)
  }
}

/// The largest number of points of each kind that a chunk can hold.
struct ChunkCapacity: Equatable, Sendable {
  var colour: Int
  var matches: Int
  var globalRigidity: Int
  var patches: Int

  var alpha: Int { colour + matches }
  var mapped: Int { max(colour + matches + 2 * globalRigidity, patches * ChunkSamples.patchSize) }
  var residual: Int { colour + 2 * ChunkSamples.patchSize * patches }

  init(colour: Int, matches: Int, globalRigidity: Int, patches: Int) {
    self.colour = colour
    self.matches = matches
    self.globalRigidity = globalRigidity
    self.patches = patches
  }

  init(_ sampling: SamplingConfiguration, groups: Int) {
    let points = groups * sampling.groupSize
    colour = points
    matches = (points / sampling.flowEvery + 1) * (sampling.bothFlowDirections ? 2 : 1)
    globalRigidity = points / sampling.globalRigidityEvery + 1
    patches = points / sampling.patchEvery + 1
  }
}

/// What the sums of a batch's losses are divided by, known once the batch is drawn.
struct LossNormalisers: Equatable, Sendable {
  var points = 0
  var stencils = 0
  var matches = 0
  var globalRigidity = 0
  var patches = 0

  mutating func add(_ samples: ChunkSamples) {
    points += samples.countedPoints
    stencils += samples.stencils.count
    matches += samples.matches.count
    globalRigidity += samples.globalRigidity.count
    patches += samples.patches.count
  }
}

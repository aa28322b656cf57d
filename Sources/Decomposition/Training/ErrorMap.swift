import NeuralField

/// Where the reconstruction is still wrong, and so where to look: blocks of pixels of single frames are drawn the more
/// often, the larger their error.
///
/// Block b with the mean squared error e_b is drawn with the density d_b = q + (1 - q) e_b / mean(e), in units of the
/// uniform one. q begins as `SamplingConfiguration.uniformShare` and rises to 1 while every pixel is seen eight times in the
/// mean: what is still wrong then cannot be learned, and looking at it more often harms the light there. A point counts
/// 1 / sqrt(d_b) in the losses of single points, in units of what points count in the mean: half of what would leave the
/// expected losses as they are with uniform points, so that large errors count somewhat more. (Stencils and flow matches
/// count alike.) Errors are those that the batches show anyway; what is old counts less. It begins with the uniform
/// density.
///
/// `@unchecked Sendable`: it changes between batches only, on one thread.
final class ErrorMap: @unchecked Sendable {
  /// Sums of squared errors and numbers of points, a block each, both fading.
  let squares: AlignedBuffer
  let visits: AlignedBuffer
  /// How often a block's pixels are drawn, in units of the uniform density.
  let density: AlignedBuffer

  private let geometry: VideoGeometry
  private let uniformShare: Float
  /// Width and height of a block in pixels; those at the right and lower border can be smaller.
  private let side: Int
  private let columns: Int
  private let rows: Int
  /// Pixels of every block.
  private let areas: [Float]
  private var table = AliasTable(weights: [1])
  /// Weight of a block's points in the losses.
  private var weights: [Float] = []

  /// Batches between two changes of the density.
  private static let batchesPerChange = 10
  /// What is left of old errors at every change.
  private static let memory: Float = 0.9
  /// How often pixels have been seen in the mean when all are drawn alike again.
  private static let enoughVisits: Float = 8
  /// Added to every block's error: where a picture is perfect, every block is as good as any other.
  private static let leastError: Float = 1e-12
  /// Blocks of 16 pixels; of more where a clip would have more blocks than batches can keep up with.
  private static let smallestSide = 16
  private static let mostBlocks = 32_768

  /// - Parameter uniformShare: q, in (0, 1].
  init(geometry: VideoGeometry, uniformShare: Float) {
    self.geometry = geometry
    self.uniformShare = uniformShare
    let size = geometry.size
    func blocks(_ length: Int, _ side: Int) -> Int { (length + side - 1) / side }
    var side = Self.smallestSide
    while blocks(size.width, side) * blocks(size.height, side) * geometry.frameCount > Self.mostBlocks,
      side < max(size.width, size.height)
    {
      side *= 2
    }
    self.side = side
    columns = blocks(size.width, side)
    rows = blocks(size.height, side)
    let (columns, rows) = (columns, rows)
    areas = (0..<columns * rows * geometry.frameCount).map { block in
      let (column, row) = (block % columns, block / columns % rows)
      return Float(min(side, size.width - column * side) * min(side, size.height - row * side))
    }
    squares = AlignedBuffer(count: areas.count)
    visits = AlignedBuffer(count: areas.count)
    density = AlignedBuffer(count: areas.count)
    density.fill(1)
    useDensity()
  }

  /// A pixel, and what a point there counts.
  func draw(_ random: inout RandomSource) -> (x: Int, y: Int, frame: Int, weight: Float) {
    let block = table.draw(&random)
    let (column, row, frame) = (block % columns, block / columns % rows, block / (columns * rows))
    let x = column * side + random.index(below: min(side, geometry.size.width - column * side))
    let y = row * side + random.index(below: min(side, geometry.size.height - row * side))
    return (x, y, frame, weights[block])
  }

  /// Takes in the errors that batch number `iteration` has shown.
  func learn(from batch: [ChunkSamples], iteration: Int) {
    for samples in batch {
      for point in 0..<samples.colourCount {
        let (x, y, frame) = (Int(samples.x[point]), Int(samples.y[point]), Int(samples.frame[point]))
        let block = (frame * rows + y / side) * columns + x / side
        squares.pointer[block] += samples.squaredError[point]
        visits.pointer[block] += 1
      }
    }
    guard iteration % Self.batchesPerChange == Self.batchesPerChange - 1 else { return }
    let points = batch.reduce(0) { $0 + $1.colourCount } * (iteration + 1)
    let seen = Float(points) / areas.reduce(0, +)
    changeDensity(uniform: uniformShare + (1 - uniformShare) * min(1, seen / Self.enoughVisits))
  }

  private func changeDensity(uniform: Float) {
    func sum(_ values: AlignedBuffer) -> Float { values.values.reduce(0, +) }
    // Counted as one more point everywhere: a block without any point has the mean error.
    let mean = sum(squares) / sum(visits)
    let errors = areas.indices.map { (squares[$0] + mean) / (visits[$0] + 1) + Self.leastError }
    let meanError = zip(errors, areas).reduce(0) { $0 + $1.0 * $1.1 } / areas.reduce(0, +)
    for block in areas.indices {
      density[block] = uniform + (1 - uniform) * errors[block] / meanError
      squares[block] *= Self.memory
      visits[block] *= Self.memory
    }
    useDensity()
  }

  /// Whether sums and densities can have come from a training.
  var isPlausible: Bool {
    squares.values.allSatisfy { $0 >= 0 } && visits.values.allSatisfy { $0 >= 0 }
      && density.values.allSatisfy { $0 > 0 }
  }

  /// Makes the table and the weights; to be called after `density` has changed.
  func useDensity() {
    let shares = zip(density.values, areas).map { $0 * $1 }
    table = AliasTable(weights: shares)
    let roots = density.values.map { 1 / $0.squareRoot() }
    let mean = zip(shares, roots).reduce(0) { $0 + $1.0 * $1.1 } / shares.reduce(0, +)
    weights = roots.map { $0 / mean }
  }
}

/// The points of a chunk at which a layer's networks, or the alpha network, are evaluated: all for the background; for a
/// foreground those where its object can be, and a sparse remainder of the others (see `ObjectRegion`); for alpha those
/// of any foreground.
///
/// Networks work on packed rows, which hold only these points; losses on rows of all points of the chunk. At a colour
/// point where a foreground is not evaluated, it is taken to look like the background: its opacity then changes nothing
/// there, in value and in gradient. Where none is, the background is all there is.
struct LayerPoints {
  /// Coordinates of the packed mapped points: colour points, then matches, then global rigidity neighbours.
  private(set) var x: [Float] = []
  private(set) var y: [Float] = []
  private(set) var frame: [Int32] = []
  /// Of these, colour points.
  private(set) var colourCount = 0
  /// Of these, colour points and matches.
  private(set) var alphaCount = 0
  /// Residual patches, by their numbers in the chunk.
  private(set) var patches: [Int] = []
  /// Whether the layer is evaluated at a colour point.
  private(set) var isActive: [Bool] = []
  /// Colour points at which it is not.
  private(set) var skipped: [Int] = []

  /// The place of every packed point among all points, ascending.
  private var mapped: [Int32] = []
  private var residual: [Int32] = []

  var mappedCount: Int { mapped.count }
  /// Evaluations of the residual network: colour points, then the patches at their first and at their second times.
  var residualCount: Int { residual.count }

  /// Chooses the points: a colour point by `isActive`, a match or neighbour as its colour point, a patch by `hasPatch`.
  mutating func choose(from samples: ChunkSamples, isActive: (Int) -> Bool, hasPatch: (Int) -> Bool) {
    removeAll()
    for point in 0..<samples.colourCount {
      let active = isActive(point)
      self.isActive.append(active)
      if active { append(point, of: samples) } else { skipped.append(point) }
    }
    colourCount = mapped.count
    residual.append(contentsOf: mapped)
    for (offset, match) in samples.matches.enumerated() where self.isActive[match.point] {
      append(samples.matchStart + offset, of: samples)
    }
    alphaCount = mapped.count
    for (offset, point) in samples.globalRigidity.enumerated() where self.isActive[point] {
      append(samples.rigidityStart + 2 * offset, of: samples)
      append(samples.rigidityStart + 2 * offset + 1, of: samples)
    }
    let size = ChunkSamples.patchSize
    patches = samples.patches.indices.filter(hasPatch)
    for time in 0..<2 {
      for patch in patches {
        let start = samples.colourCount + (time * samples.patches.count + patch) * size
        residual.append(contentsOf: (start..<start + size).map { Int32($0) })
      }
    }
  }

  private mutating func append(_ point: Int, of samples: ChunkSamples) {
    mapped.append(Int32(point))
    x.append(samples.x[point])
    y.append(samples.y[point])
    frame.append(samples.frame[point])
  }

  private mutating func removeAll() {
    x.removeAll(keepingCapacity: true)
    y.removeAll(keepingCapacity: true)
    frame.removeAll(keepingCapacity: true)
    isActive.removeAll(keepingCapacity: true)
    skipped.removeAll(keepingCapacity: true)
    mapped.removeAll(keepingCapacity: true)
    residual.removeAll(keepingCapacity: true)
  }

  // MARK: Between packed rows and rows of all points, in place

  func spreadMapped(_ row: UnsafeMutablePointer<Float>) { Self.spread(row, to: mapped[...]) }
  func spreadColour(_ row: UnsafeMutablePointer<Float>) { Self.spread(row, to: mapped[..<colourCount]) }
  func spreadAlpha(_ row: UnsafeMutablePointer<Float>) { Self.spread(row, to: mapped[..<alphaCount]) }
  func spreadResidual(_ row: UnsafeMutablePointer<Float>) { Self.spread(row, to: residual[...]) }
  func packMapped(_ row: UnsafeMutablePointer<Float>) { Self.pack(row, from: mapped[...]) }
  func packColour(_ row: UnsafeMutablePointer<Float>) { Self.pack(row, from: mapped[..<colourCount]) }
  func packAlpha(_ row: UnsafeMutablePointer<Float>) { Self.pack(row, from: mapped[..<alphaCount]) }
  func packResidual(_ row: UnsafeMutablePointer<Float>) { Self.pack(row, from: residual[...]) }

  /// Places ascend and are never left of their packed position: from the back nothing is overwritten before it is read.
  private static func spread(_ row: UnsafeMutablePointer<Float>, to places: ArraySlice<Int32>) {
    guard let last = places.last, Int(last) >= places.count else { return }
    places.withUnsafeBufferPointer { places in
      for i in places.indices.reversed() { row[Int(places[i])] = row[i] }
    }
  }

  private static func pack(_ row: UnsafeMutablePointer<Float>, from places: ArraySlice<Int32>) {
    guard let last = places.last, Int(last) >= places.count else { return }
    places.withUnsafeBufferPointer { places in
      for i in places.indices { row[i] = row[Int(places[i])] }
    }
  }
}

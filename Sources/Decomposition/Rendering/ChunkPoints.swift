import NeuralField

/// The points of one chunk on their way through an evaluation: pixel coordinates, frames and normalised positions.
/// Owned by one lane.
final class ChunkPoints: @unchecked Sendable {
  private(set) var count = 0
  private(set) var x: [Float]
  private(set) var y: [Float]
  private(set) var frame: [Int32]
  /// p: normalised x, y, t.
  let position: FeatureRows
  /// Where each point came from, ascending, for points that were selected out of others.
  private var origin: [Int]

  init(capacity: Int) {
    x = [Float](repeating: 0, count: capacity)
    y = [Float](repeating: 0, count: capacity)
    frame = [Int32](repeating: 0, count: capacity)
    origin = [Int](repeating: 0, count: capacity)
    position = FeatureRows(features: 3, capacity: capacity)
  }

  /// Takes `count` points by their numbers.
  func place(count: Int, geometry: VideoGeometry, _ point: (Int) -> (x: Float, y: Float, frame: Int)) {
    self.count = count
    for m in 0..<count {
      let place = point(m)
      (x[m], y[m], frame[m]) = (place.x, place.y, Int32(place.frame))
      position[0][m] = geometry.normalised(place.x)
      position[1][m] = geometry.normalised(place.y)
      position[2][m] = geometry.normalised(time: Float(place.frame))
    }
  }

  /// Takes those points of `all` whose value of `alpha` is above `threshold`, moved together.
  func select(from all: ChunkPoints, alpha: UnsafePointer<Float>, above threshold: Float) {
    count = 0
    for m in 0..<all.count where alpha[m] > threshold {
      origin[count] = m
      (x[count], y[count], frame[count]) = (all.x[m], all.y[m], all.frame[m])
      for axis in 0..<3 { position[axis][count] = all.position[axis][m] }
      count += 1
    }
  }

  /// Moves the values of selected points in `row` to where the points came from; the places between them take `fill`.
  func scatter(_ row: UnsafeMutablePointer<Float>, over total: Int, fill: Float) {
    // From the end: a value never moves to the left, so that nothing is overwritten before it has moved.
    var next = count - 1
    for m in stride(from: total - 1, through: 0, by: -1) {
      if next >= 0, origin[next] == m {
        row[m] = row[next]
        next -= 1
      } else {
        row[m] = fill
      }
    }
  }
}

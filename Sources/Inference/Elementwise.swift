/// `y = x + y`.
/// - Precondition: as many values in both.
public func add(_ x: Tensor, to y: Tensor) {
  precondition(x.count == y.count, "a sum of \(x.shape) and \(y.shape)")
  let (from, to) = (x.pointer, y.pointer)
  for index in 0..<y.count { to[index] += from[index] }
}

/// `y = max(0, x + y)`, the end of a residual block.
/// - Precondition: as many values in both.
public func addReLU(_ x: Tensor, to y: Tensor) {
  precondition(x.count == y.count, "a sum of \(x.shape) and \(y.shape)")
  let (from, to) = (x.pointer, y.pointer)
  for index in 0..<y.count {
    let sum = from[index] + to[index]
    to[index] = sum > 0 ? sum : 0
  }
}

/// Every pixel of `a` followed by the same pixel of `b`: `[..., channels of a + channels of b]`.
/// - Precondition: as many pixels in all three, and as many channels as both have together.
public func concatenate(_ a: Tensor, _ b: Tensor, into result: Tensor) {
  guard let first = a.shape.last, let second = b.shape.last, first > 0, second > 0 else { return }
  let pixels = a.count / first
  precondition(
    b.count == pixels * second && result.count == pixels * (first + second),
    "\(a.shape) and \(b.shape) into \(result.shape)")
  for pixel in 0..<pixels {
    let place = result.pointer + pixel * (first + second)
    place.update(from: a.pointer + pixel * first, count: first)
    (place + first).update(from: b.pointer + pixel * second, count: second)
  }
}

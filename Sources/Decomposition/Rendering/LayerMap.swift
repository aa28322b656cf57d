import Foundation
import NeuralField

/// What re-rendering an edit needs to know of one layer in one frame: for every pixel where the layer is seen, where it
/// looks into the texture and how much of a change there reaches it.
///
/// Bytes, little endian, every part from a multiple of 16 on:
/// - number of runs and of seen pixels (UInt32 each), the unit of light (Float32), 4 zero bytes;
/// - for every run of seen pixels its first pixel and how many were seen before it (UInt32 each), and one entry more with
///   the number of pixels and of seen pixels;
/// - u, then v, of the seen pixels (Float32): exact, so that a texture may have any size;
/// - for every seen pixel light R, G, B in the unit of light, and opacity in 1/65535 (UInt16 each).
///
/// Light is rounded to 1/65535 of its largest value in the frame: for light up to 128, `opacity * light * change` is off
/// by less than a quarter of an 8-bit step.
struct LayerMap: Sendable {
  let bytes: Data
  private let runs: [Run]
  private let lightUnit: Float
  private let places: Places

  private struct Run: Sendable {
    var start: Int
    var first: Int
  }

  /// Where the parts begin.
  private struct Places: Sendable {
    let u, v, weights, end: Int

    init(runs: Int, seen: Int) {
      func aligned(_ bytes: Int) -> Int { (bytes + 15) / 16 * 16 }
      u = 16 + aligned(8 * (runs + 1))
      v = u + aligned(4 * seen)
      weights = v + aligned(4 * seen)
      end = weights + aligned(8 * seen)
    }
  }

  /// The map of a rendered frame; needs its uv, opacities and residuals.
  init(_ frame: RenderedFrame, layer index: Int) {
    let (layer, pixels) = (frame.layers[index], frame.size.pixelCount)
    let (alpha, threshold) = (layer.alpha[0], PointEvaluator.unseenOpacity)
    var (runs, seen, brightest) = ([Run](), 0, Float.leastNormalMagnitude)
    var isInside = false
    for m in 0..<pixels {
      let isSeen = alpha[m] > threshold
      if isSeen {
        if !isInside { runs.append(Run(start: m, first: seen)) }
        seen += 1
        for channel in 0..<3 { brightest = max(brightest, min(layer.residual[channel][m], 1e6)) }
      }
      isInside = isSeen
    }
    runs.append(Run(start: pixels, first: seen))
    let unit = brightest / 65535
    let places = Places(runs: runs.count - 1, seen: seen)
    var bytes = Data(count: places.end)
    bytes.withUnsafeMutableBytes { raw in
      raw.storeBytes(of: UInt32(runs.count - 1), toByteOffset: 0, as: UInt32.self)
      raw.storeBytes(of: UInt32(seen), toByteOffset: 4, as: UInt32.self)
      raw.storeBytes(of: unit, toByteOffset: 8, as: Float.self)
      for (number, run) in runs.enumerated() {
        raw.storeBytes(of: UInt32(run.start), toByteOffset: 16 + 8 * number, as: UInt32.self)
        raw.storeBytes(of: UInt32(run.first), toByteOffset: 20 + 8 * number, as: UInt32.self)
      }
      let u = raw[places.u...].assumingMemoryBound(to: Float.self)
      let v = raw[places.v...].assumingMemoryBound(to: Float.self)
      let weights = raw[places.weights...].assumingMemoryBound(to: UInt16.self)
      for (run, next) in zip(runs, runs.dropFirst()) {
        for offset in 0..<(next.first - run.first) {
          let (record, m) = (run.first + offset, run.start + offset)
          (u[record], v[record]) = (layer.uv[0][m], layer.uv[1][m])
          for channel in 0..<3 {
            weights[4 * record + channel] = UInt16(min(max(0, layer.residual[channel][m] / unit), 65535) + 0.5)
          }
          weights[4 * record + 3] = UInt16(min(max(0, alpha[m]), 1) * 65535 + 0.5)
        }
      }
    }
    (self.bytes, self.runs, lightUnit, self.places) = (bytes, runs, unit, places)
  }

  /// A map that was kept; nil where the bytes are not one of a frame of `pixels`.
  init?(bytes: Data, pixels: Int) {
    let bytes = bytes.startIndex == 0 ? bytes : Data(bytes)
    guard bytes.count >= 32 else { return nil }
    func word(_ offset: Int) -> Int {
      bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    }
    let (count, seen) = (word(0), word(4))
    let unit = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: Float.self) }
    guard count <= pixels, seen <= pixels, unit.isFinite, unit > 0 else { return nil }
    let places = Places(runs: count, seen: seen)
    guard bytes.count == places.end else { return nil }
    let runs = (0...count).map { Run(start: word(16 + 8 * $0), first: word(20 + 8 * $0)) }
    guard runs[0].first == 0, runs[count].start == pixels, runs[count].first == seen,
      zip(runs, runs.dropFirst()).allSatisfy({ $0.first < $1.first && $0.start + $1.first - $0.first <= $1.start })
    else { return nil }
    (self.bytes, self.runs, lightUnit, self.places) = (bytes, runs, unit, places)
  }

  /// Adds the change that reaches the pixels of `range` to `sum` (four values a pixel, R, G, B and 0).
  func add(
    _ change: TextureChange, to sum: UnsafeMutablePointer<Float>, range: Range<Int>, kernels: Kernels
  ) {
    var (low, high) = (0, runs.count - 1)
    // The last run that begins at or before the range.
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].start <= range.lowerBound { low = middle } else { high = middle }
    }
    bytes.withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return }
      let u = (base + places.u).assumingMemoryBound(to: Float.self)
      let v = (base + places.v).assumingMemoryBound(to: Float.self)
      let weights = (base + places.weights).assumingMemoryBound(to: UInt16.self)
      for (run, next) in zip(runs[low...], runs[low...].dropFirst()) {
        guard run.start < range.upperBound else { break }
        let from = max(run.start, range.lowerBound)
        let to = min(run.start + next.first - run.first, range.upperBound)
        guard from < to else { continue }
        let record = run.first + from - run.start
        change.gather(
          count: to - from, u: u + record, v: v + record, weights: weights + 4 * record, unit: lightUnit / 65535,
          sum: sum + 4 * (from - range.lowerBound), kernels: kernels)
      }
    }
  }
}

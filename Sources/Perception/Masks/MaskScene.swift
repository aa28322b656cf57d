import CKernels
import COpenCV
import Media

/// A clip as masks are worked out on it: colours and flow at a reduced size.
struct MaskScene: Sendable {
  /// The longest side of the reduced frames. Edges of masks are as exact as the double of it allows.
  static let longSide = 384
  /// In pixels of the reduced frames.
  private static let trustedError: Float = 0.6
  /// How alike colours must be, and how far from where the flow says a pixel's likes are looked for.
  private static let window = ck_carry(radius: 6, likeness: 9, reach: 3.5)
  /// Where the weights of a window sum to this share of its area, what it carries is fully trusted.
  private static let fullTrust: Float = 0.15

  let size: PixelSize
  /// L, a, b of every pixel, one buffer a frame.
  let colours: [[UInt8]]
  let flow: [FlowPair]
  var frames: Int { colours.count }

  /// - Parameter flow: one pair for each two neighbouring frames, of the frames' size.
  init(_ frames: [Frame], flow: [FlowPair]) throws {
    let full = frames[0].size
    let size = Self.size(for: full)
    self.size = size
    colours = try parallelMap(count: frames.count) { frame in
      var lab = [UInt8](repeating: 0, count: 3 * size.pixelCount)
      try openCV("reduce a frame of \(full)") {
        copencv_lab(
          frames[frame].pixels, Int32(full.width), Int32(full.height), &lab, Int32(size.width), Int32(size.height), $0,
          $1)
      }
      return lab
    }
    self.flow = try parallelMap(count: flow.count) { pair in
      let (forward, backward) = (try flow[pair].forward.resized(to: size), try flow[pair].backward.resized(to: size))
      return FlowPair(
        forward: forward, backward: backward,
        forwardValid: FlowConsistency.validity(of: forward, against: backward, threshold: Self.trustedError),
        backwardValid: FlowConsistency.validity(of: backward, against: forward, threshold: Self.trustedError))
    }
  }

  /// The size that frames of a size are reduced to.
  static func size(for full: PixelSize) -> PixelSize {
    guard full.longSide > longSide else { return full }
    let scale = Double(longSide) / Double(full.longSide)
    return PixelSize(
      width: max(1, Int((Double(full.width) * scale).rounded())),
      height: max(1, Int((Double(full.height) * scale).rounded())))
  }

  /// The flow from a frame to the one before or after it, and where it is valid.
  func step(from frame: Int, to neighbour: Int) -> (flow: FlowField, valid: [UInt8]) {
    neighbour < frame
      ? (flow[neighbour].backward, flow[neighbour].backwardValid) : (flow[frame].forward, flow[frame].forwardValid)
  }

  /// Values of one frame as another one sees them: at each pixel the mean over pixels of like colour around where `way`
  /// leads from `frame` to `source`, with how far that can be trusted, in [0, 1]. The kernel `carry` defines both.
  func carry(_ map: SoftMap, from source: Int, to frame: Int, along way: FlowField) -> (map: SoftMap, trust: [Float]) {
    var values = [Float](repeating: 0, count: size.pixelCount)
    var trust = values
    var window = Self.window
    ck_active().pointee.carry(
      size.height, size.width, colours[frame], colours[source], map.values, way.vectors, &window, &values, &trust)
    for index in trust.indices { trust[index] = min(1, trust[index] / Self.fullTrust) }
    return (SoftMap(size: size, values: values), trust)
  }
}

extension FlowField {
  /// The way that follows this flow and then `next`; not a number where this one leaves the picture.
  func followed(by next: FlowField) -> FlowField {
    var result = self
    next.vectors.withUnsafeBufferPointer { values in
      let sampler = BilinearSampler(values: values, size: size, channels: 2)
      let (right, bottom) = (Float(size.width - 1), Float(size.height - 1))
      result.vectors.withUnsafeMutableBufferPointer { vectors in
        for y in 0..<size.height {
          for x in 0..<size.width {
            let index = 2 * (y * size.width + x)
            let (px, py) = (Float(x) + vectors[index], Float(y) + vectors[index + 1])
            guard px > -0.5, py > -0.5, px < right + 0.5, py < bottom + 0.5 else {
              vectors[index] = .nan
              continue
            }
            let (cx, cy) = (min(max(px, 0), right), min(max(py, 0), bottom))
            vectors[index] += sampler.value(cx, cy, channel: 0)
            vectors[index + 1] += sampler.value(cx, cy, channel: 1)
          }
        }
      }
    }
    return result
  }
}

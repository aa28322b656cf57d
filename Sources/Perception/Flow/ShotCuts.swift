import Media

/// Finds where a clip changes to another shot.
///
/// A cut is where both speak for one: the flow between two frames fails the forward-backward check nearly everywhere,
/// and the colours of the two frames are not the same.
public struct ShotCuts: Sendable {
  /// The frames (of the clip, counted from 0) that begin another shot, in order.
  public let cuts: [Int]
  private let frames: Int

  /// Where more of the pixels than this have flow that can be trusted, two frames belong together.
  private static let trusted = 0.4
  /// Where the colour histograms of two frames overlap by more than this, they belong together.
  private static let alike = 0.85

  /// - Parameter flow: one pair for each two neighbouring frames.
  /// - Precondition: `flow.count == frames.count - 1`.
  public init(frames: [Frame], flow: [FlowPair]) throws {
    precondition(flow.count == frames.count - 1, "\(flow.count) flow pairs for \(frames.count) frames")
    self.frames = frames.count
    let suspects = flow.indices.filter { flow[$0].trustedShare < Self.trusted }
    let likeness = try parallelMap(count: suspects.count) { index in
      let (before, after) = (ColourHistogram(frames[suspects[index]]), ColourHistogram(frames[suspects[index] + 1]))
      return before.overlap(after)
    }
    cuts = zip(suspects, likeness).filter { $1 < Self.alike }.map { $0.0 + 1 }
  }

  /// The frames of each shot.
  public var shots: [Range<Int>] {
    let borders = [0] + cuts + [frames]
    return zip(borders, borders.dropFirst()).map { $0..<$1 }
  }

  /// The first of the longest shots.
  public var longest: Range<Int> { shots.reduce(0..<0) { $1.count > $0.count ? $1 : $0 } }
}

extension FlowPair {
  /// The share of the pixels whose flow passes the forward-backward check, the mean of both directions.
  public var trustedShare: Double {
    let valid = forwardValid.reduce(0) { $0 + Int($1) } + backwardValid.reduce(0) { $0 + Int($1) }
    return Double(valid) / Double(max(1, forwardValid.count + backwardValid.count))
  }
}

/// How often the colours of a frame occur: eight steps of each of red, green and blue.
struct ColourHistogram {
  private var shares = [Double](repeating: 0, count: 512)

  init(_ frame: Frame) {
    var counts = [Int](repeating: 0, count: 512)
    frame.pixels.withUnsafeBufferPointer { pixels in
      for pixel in stride(from: 0, to: 3 * frame.size.pixelCount, by: 3) {
        counts[Int(pixels[pixel] >> 13) << 6 | Int(pixels[pixel + 1] >> 13) << 3 | Int(pixels[pixel + 2] >> 13)] += 1
      }
    }
    shares = counts.map { Double($0) / Double(max(1, frame.size.pixelCount)) }
  }

  /// The share of the pixels that have their like in the other frame, in [0, 1].
  func overlap(_ other: ColourHistogram) -> Double {
    zip(shares, other.shares).reduce(0) { $0 + min($1.0, $1.1) }
  }
}

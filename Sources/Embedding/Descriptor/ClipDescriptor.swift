import Foundation
import Media
import NeuralField
import Perception

/// The embedder that needs no download: a fixed description of a window by its colours, edges and motion, brought to 768
/// numbers by a fixed projection. Nothing in it is learned; it knows where things are and how they move, not what they
/// are.
///
/// - Layout: the first, middle and last frame as 16 x 9 colours.
/// - Change: how much each of 16 x 9 places varies in brightness.
/// - Edges: directions of the brightness gradient (8) in 8 x 4 cells of the middle frame.
/// - Motion: mean flow (DIS) in 8 x 4 cells for each third of the window, and how uneven it is.
///
/// The projection has the entries 1 and -1, drawn from a fixed seed; the vector is scaled to a mean square of 1. The same
/// frames give the same vector on every machine with the same version of OpenCV.
public struct ClipDescriptor: VideoEmbedder {
  public let name = "descriptor-1"
  public let dimension = 768
  public let frameCount = 16

  private static let layout = PixelSize(width: 16, height: 9)
  private static let edges = PixelSize(width: 64, height: 36)
  private static let cells = PixelSize(width: 8, height: 4)
  /// Large enough for the flow method, small enough that a pair takes a few milliseconds.
  private static let motion = PixelSize(width: 128, height: 72)
  private static let directions = 8

  public init() {}

  public func embed(_ frames: [Frame]) throws -> [Float] {
    try check(frames)
    let small = frames.map { AreaAverage.frame($0, Self.layout) }
    var values = [0, frameCount / 2, frameCount - 1].flatMap { small[$0].map { $0 - 0.5 } }
    values += Self.change(small)
    values += Self.edgeDirections(AreaAverage.frame(frames[frameCount / 2], Self.edges))
    values += try Self.motion(frames)
    return project(values)
  }

  /// The standard deviation over time of each place's brightness, times 4 to weigh as much as colours do.
  private static func change(_ frames: [[Float]]) -> [Float] {
    (0..<layout.pixelCount).map { place in
      let values = frames.map { Brightness.of($0, place) }
      let mean = values.reduce(0, +) / Float(values.count)
      return 4 * (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)).squareRoot()
    }
  }

  /// For each cell how much gradient points in each of the directions of half a turn; together they have length 8.
  private static func edgeDirections(_ picture: [Float]) -> [Float] {
    let (width, height) = (edges.width, edges.height)
    let brightness = (0..<edges.pixelCount).map { Brightness.of(picture, $0) }
    var sums = [Float](repeating: 0, count: cells.pixelCount * directions)
    for y in 1..<height - 1 {
      for x in 1..<width - 1 {
        let dx = brightness[y * width + x + 1] - brightness[y * width + x - 1]
        let dy = brightness[(y + 1) * width + x] - brightness[(y - 1) * width + x]
        let turn = (atan2(dy, dx) / .pi + 1).truncatingRemainder(dividingBy: 1)
        let direction = min(Int(turn * Float(directions)), directions - 1)
        let cell = y * cells.height / height * cells.width + x * cells.width / width
        sums[cell * directions + direction] += (dx * dx + dy * dy).squareRoot()
      }
    }
    let length = sums.reduce(1e-6) { $0 + $1 * $1 }.squareRoot()
    return sums.map { 8 * $0 / length }
  }

  /// For each third of the window and each cell the mean flow a frame, and for each cell its deviation, in twentieths of
  /// the width.
  private static func motion(_ frames: [Frame]) throws -> [Float] {
    let small = frames.map { frame in
      Frame(size: motion, pixels: AreaAverage.frame(frame, motion).map { UInt16(($0 * 65535).rounded()) })
    }
    let method = DISOpticalFlow()
    let flows = try zip(small, small.dropFirst()).map { try method.flow(from: $0, to: $1) }
    let perCell = flows.map { cellMeans($0) }
    let third = flows.count / 3
    var values: [Float] = []
    for part in 0..<3 {
      let flows = perCell[part * third..<(part + 1) * third]
      for index in 0..<2 * cells.pixelCount { values.append(flows.reduce(0) { $0 + $1[index] } / Float(third)) }
    }
    for index in 0..<2 * cells.pixelCount {
      let mean = perCell.reduce(0) { $0 + $1[index] } / Float(perCell.count)
      values.append(
        (perCell.reduce(0) { $0 + ($1[index] - mean) * ($1[index] - mean) } / Float(perCell.count)).squareRoot())
    }
    return values
  }

  private static func cellMeans(_ flow: FlowField) -> [Float] {
    var sums = [Float](repeating: 0, count: 2 * cells.pixelCount)
    let (width, height) = (flow.size.width, flow.size.height)
    for y in 0..<height {
      for x in 0..<width {
        let cell = y * cells.height / height * cells.width + x * cells.width / width
        for axis in 0..<2 { sums[2 * cell + axis] += flow.vectors[2 * (y * width + x) + axis] }
      }
    }
    let factor = 20 / Float(width) / Float(width * height / cells.pixelCount)
    return sums.map { $0 * factor }
  }

  /// Each number of the result is the sum of all values with random signs.
  private func project(_ values: [Float]) -> [Float] {
    var random = RandomSource(seed: 0x6879_7065_726e_7664)
    let result = (0..<dimension).map { _ in
      var sum = Float.zero
      var signs: UInt64 = 0
      for (index, value) in values.enumerated() {
        if index.isMultiple(of: 64) { signs = random.next() }
        sum += signs & 1 == 0 ? value : -value
        signs >>= 1
      }
      return sum
    }
    let meanSquare = result.reduce(0) { $0 + $1 * $1 } / Float(dimension)
    let factor = 1 / max(meanSquare.squareRoot(), 1e-6)
    return result.map { $0 * factor }
  }
}

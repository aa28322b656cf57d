import COpenCV
import Foundation
import Media

/// How much more often each colour occurs on the object than around it, over all frames: two smoothed histograms.
struct ColourModel: Sendable {
  /// Cells along each of L, a and b.
  private static let cells = 16
  /// Pixels above this are surely the object, below the other surely not.
  private static let (surely, surelyNot): (Float, Float) = (0.7, 0.2)
  /// What lies within this share of the longer side of a perhaps (0.4) is around the object.
  private static let (perhaps, surroundings): (Float, Double) = (0.4, 0.08)
  /// Added to every frequency.
  private static let floor: Float = 1e-5
  /// No colour alone says more than this.
  private static let mostEvidence: Float = 3

  /// For each cell log(P(colour | object) / P(colour | around)), kept within 3.
  private let evidence: [Float]

  /// Learns from maps of all frames; nil where they show no object, or nothing around it.
  init?(_ maps: [SoftMap], in scene: MaskScene) throws {
    let counts = try parallelMap(count: maps.count) { frame in
      var (object, around) = ([Float](repeating: 0, count: Self.count), [Float](repeating: 0, count: Self.count))
      var near = maps[frame].mask(above: Self.perhaps)
      let radius = Int32((Self.surroundings * Double(scene.size.longSide)).rounded())
      try openCV("grow a mask of \(scene.size)") {
        copencv_grow(&near.values, Int32(scene.size.width), Int32(scene.size.height), radius, $0, $1)
      }
      for (pixel, value) in maps[frame].values.enumerated() {
        let cell = Self.cell(scene.colours[frame], pixel)
        if value > Self.surely { object[cell] += value }
        if value < Self.surelyNot && near.values[pixel] != 0 { around[cell] += 1 }
      }
      return (object, around)
    }
    let object = Self.frequencies(counts.map(\.0))
    let around = Self.frequencies(counts.map(\.1))
    guard let object, let around else { return nil }
    evidence = zip(object, around).map { object, around in
      let ratio = log((object + Self.floor) / (around + Self.floor))
      return min(Self.mostEvidence, max(-Self.mostEvidence, ratio))
    }
  }

  /// The maps with the colours' word added: `sigmoid(logit(map) + weight * blurred evidence)`.
  func applied(to maps: [SoftMap], weight: Float, in scene: MaskScene) throws -> [SoftMap] {
    try parallelMap(count: maps.count) { frame in
      let colours = scene.colours[frame]
      let word = SoftMap(
        size: scene.size, values: (0..<scene.size.pixelCount).map { evidence[Self.cell(colours, $0)] })
      var map = maps[frame]
      for (pixel, value) in try word.blurred(1).values.enumerated() {
        map.values[pixel] = Logit.sigmoid(Logit.of(map.values[pixel], doubt: 0.01) + weight * value)
      }
      return map
    }
  }

  private static let count = cells * cells * cells

  /// The cell of a pixel's colour; a and b are spread by two, as few colours are strong.
  private static func cell(_ lab: [UInt8], _ pixel: Int) -> Int {
    func spread(_ value: UInt8) -> Int { min(255, max(0, 2 * Int(value) - 128)) * cells / 256 }
    return (Int(lab[3 * pixel]) * cells / 256 * cells + spread(lab[3 * pixel + 1])) * cells + spread(lab[3 * pixel + 2])
  }

  /// The sum of the counts, smoothed by (1, 2, 1) / 4 along each axis, as shares of its total; nil without any.
  private static func frequencies(_ counts: [[Float]]) -> [Float]? {
    var sum = [Float](repeating: 0, count: count)
    for counts in counts { for cell in sum.indices { sum[cell] += counts[cell] } }
    for stride in [1, cells, cells * cells] {
      sum = sum.indices.map { cell in
        let place = cell / stride % cells
        let (below, above) = (place > 0 ? cell - stride : cell, place + 1 < cells ? cell + stride : cell)
        return (sum[below] + 2 * sum[cell] + sum[above]) / 4
      }
    }
    let total = sum.reduce(0, +)
    return total > 0 ? sum.map { $0 / total } : nil
  }
}

import Foundation
import Media
import NeuralField

/// PSNR on pixels spread evenly over the clip: what a trainer reports now and then, at a few hundredths of a second.
struct QuickQuality {
  let evaluator: PointEvaluator
  let clip: TrainingClip

  /// Pixels looked at, about.
  private static let points = 40_000

  /// Pixels from one that is looked at to the next: without a divisor in common with the width, so that they do not fall
  /// into a few columns.
  static func step(_ total: Int, width: Int) -> Int {
    func commonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonDivisor(b, a % b) }
    var step = max(1, total / points)
    while commonDivisor(step, width) > 1 { step += 1 }
    return step
  }

  func measure() -> (psnr: Double, withoutResiduals: Double) {
    let size = clip.geometry.size
    let total = size.pixelCount * clip.frames.count
    let step = Self.step(total, width: size.width)
    let count = (total + step - 1) / step
    let frames = clip.frames
    let tally = LaneTally(lanes: evaluator.runner.lanes, values: 2)
    evaluator.evaluate(
      count: count, parts: [.colour],
      point: { number in
        let place = number * step
        let pixel = place % size.pixelCount
        return (Float(pixel % size.width), Float(pixel / size.width), place / size.pixelCount)
      },
      body: { lane, start, count, workspace in
        var (full, bare) = (0.0, 0.0)
        for m in 0..<count {
          let place = (start + m) * step
          let (frame, pixel) = (frames[place / size.pixelCount], place % size.pixelCount)
          for channel in 0..<3 {
            let target = Float(frame.pixels[3 * pixel + channel]) * Frame.unit
            let error = min(max(workspace.colour[channel][m], 0), 1) - target
            let bareError = min(max(workspace.bareColour[channel][m], 0), 1) - target
            full += Double(error * error)
            bare += Double(bareError * bareError)
          }
        }
        tally.add(full, at: 0, lane: lane)
        tally.add(bare, at: 1, lane: lane)
      })
    let sums = tally.sums.map { ImageMetrics.psnr(meanSquaredError: $0 / Double(3 * count)) }
    return (sums[0], sums[1])
  }
}

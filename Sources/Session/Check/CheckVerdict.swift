import Foundation
import Media

/// What the numbers of a check mean, in plain sentences, each with what to change.
enum CheckVerdict {
  /// Motion from frame to frame, as a share of the longer side, above which flow becomes unreliable.
  private static let fastMotion = 0.06
  /// Flow that fewer pixels than this can be trusted in spoils the layers there.
  private static let trusted = 0.75
  /// The same for an object alone, whose texture bears more.
  private static let trustedObject = 0.7
  /// Masks that change more than this from frame to frame are not those of one object.
  private static let steadyFlicker = 0.25
  /// The largest over the smallest coverage (their 0.9 and 0.1 quantiles) of a steady mask.
  private static let steadyCoverage = 3.0
  /// A step of brightness, as a factor, that the lighting of a layer does not take for granted.
  private static let exposure = 1.05

  static func judge(_ report: CheckReport) -> (verdict: CheckReport.Verdict, warnings: [String]) {
    let hard = unsuitable(report)
    let soft = shot(report) + report.objects.flatMap(object)
    return (hard.isEmpty ? soft.isEmpty ? .ready : .doubtful : .unsuitable, hard + soft)
  }

  private static func unsuitable(_ report: CheckReport) -> [String] {
    guard !report.cuts.isEmpty else { return [] }
    return [ShotSentence.cuts(report.cuts, longest: report.longestShot[0]..<report.longestShot[1])]
  }

  private static func shot(_ report: CheckReport) -> [String] {
    var warnings: [String] = []
    let first = report.longestShot[0]
    let fastest = max(report.largestCameraMotionPixels, report.objects.map(\.motionPixels).max() ?? 0)
    if fastest > fastMotion * Double(report.size.longSide) {
      warnings.append(
        "things move up to \(Int(fastest)) pixels a frame, and flow may fail there; take a slower part with --frames, or "
          + "RAFT with --flow raft:FILE")
    }
    let poor = report.trustedFlow.indices.filter { report.trustedFlow[$0] < trusted }
    if report.cuts.isEmpty, let worst = poor.min(by: { report.trustedFlow[$0] < report.trustedFlow[$1] }) {
      warnings.append(
        "the flow can be trusted in only \(TextFormat.percent(report.trustedFlow[worst])) of the pixels from frame "
          + "\(worst + first) to the next (\(poor.count) of \(report.trustedFlow.count) steps are poor); layers will be "
          + "blurred there: leave those frames out with --frames, or try RAFT with --flow raft:FILE")
    }
    let uneven = report.exposureSteps.indices.filter { abs(log(report.exposureSteps[$0])) > log(exposure) }
    if report.cuts.isEmpty,
      let worst = uneven.max(by: { a, b in
        abs(log(report.exposureSteps[a])) < abs(log(report.exposureSteps[b]))
      })
    {
      let change = report.exposureSteps[worst]
      warnings.append(
        "the picture gets \(TextFormat.percent(abs(change - 1))) \(change > 1 ? "brighter" : "darker") at frame "
          + "\(worst + 1 + first); even the exposure out in an editor first, or leave the frame out with --frames")
    }
    if report.frames > 100 {
      warnings.append(
        "\(report.frames) frames are many for one model; expect less detail, or take a part with --frames")
    }
    return warnings
  }

  private static func object(_ object: CheckReport.Object) -> [String] {
    var warnings: [String] = []
    let share = ClipMeasures.mean(object.coverage)
    let (look, correct) = ("look at it with hypernvd mask", "correct one frame and give it back with --mask FRAME=FILE")
    if share < 0.005 {
      warnings.append(
        "\(object.name) is small (\(TextFormat.percent(share)) of the frame), and its texture will be coarse; crop the clip"
      )
    }
    if share > 0.6 {
      warnings.append(
        "\(object.name) covers \(TextFormat.percent(share)) of the frame; is the mask inverted? \(look)")
    }
    if object.trustedFlow < trustedObject {
      warnings.append(
        "the flow of \(object.name) can be trusted in only \(TextFormat.percent(object.trustedFlow)) of its pixels: it moves "
          + "fast or changes its shape, and its texture will be blurred; take a slower part with --frames, or try RAFT with "
          + "--flow raft:FILE")
    }
    if let doubt = FoundMasks.doubt(of: object.name, certainty: object.maskCertainty) { warnings.append(doubt) }
    if object.flicker > steadyFlicker {
      warnings.append(
        "the mask of \(object.name) changes by \(TextFormat.percent(object.flicker)) from frame to frame beside its "
          + "motion; \(look), and \(correct)")
    }
    let sorted = object.coverage.sorted()
    let (low, high) = (sorted[sorted.count / 10], sorted[sorted.count - 1 - sorted.count / 10])
    if high > steadyCoverage * low {
      warnings.append(
        "the mask of \(object.name) covers from \(TextFormat.percent(low)) to \(TextFormat.percent(high)) of the frame; "
          + "\(look), and where it is wrong, \(correct)")
    }
    return warnings
  }
}

/// What is said of cuts.
enum ShotSentence {
  /// - Parameter longest: the longest shot, in frames of the source.
  static func cuts(_ cuts: [Int], longest: Range<Int>) -> String {
    let list = cuts.prefix(8).map(String.init).joined(separator: ", ") + (cuts.count > 8 ? ", ..." : "")
    return "the clip has \(cuts.count == 1 ? "a cut" : "\(cuts.count) cuts"): another shot begins at frame \(list); "
      + "take one shot at a time, the longest with --frames \(longest.lowerBound)...\(longest.upperBound - 1)"
  }
}

import Decomposition
import Foundation
import Media
import Perception

/// Looks at a clip as decomposing would, without training.
public struct CheckSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  public func run(source: ClipSource, masks: MaskChoice, flow choice: FlowChoice = .dis) throws -> CheckReport {
    let start = Date()
    let clip = try source.read(context)
    let flow = try Preparation.flow(of: clip, choice, context)
    let found = try masks.masks(of: clip, flow: flow, context)
    let objects = found.objects
    let motion = try Preparation.motion(flow: flow, objects: objects, context)
    let camera = ClipMeasures.steps(motion[objects.count], clip.size)
    let estimate = CostEstimate(clip: clip, layers: objects.count + 1, preparationSeconds: -start.timeIntervalSinceNow)
    let shots = try SourceShots(of: clip, flow: flow)
    var report = CheckReport(
      frames: clip.frames.count, size: clip.size, frameRate: clip.frameRate,
      cameraMotionPixels: ClipMeasures.mean(camera), largestCameraMotionPixels: camera.max() ?? 0,
      trustedFlow: flow.map(\.trustedShare), cuts: shots.cuts,
      longestShot: [shots.longest.lowerBound, shots.longest.upperBound],
      exposureSteps: ClipMeasures.exposureSteps(of: clip.frames, flow),
      objects: objects.map { object in
        CheckReport.Object(
          name: object.name, coverage: object.masks.map(\.coverage),
          motionPixels: ClipMeasures.motion(of: object, flow),
          flicker: ClipMeasures.flicker(of: object, flow),
          trustedFlow: ClipMeasures.trustedFlow(of: object, flow), maskCertainty: found.certainty)
      },
      masks: found.origin, expectedSeconds: estimate.seconds, expectedMemoryBytes: estimate.bytes, verdict: .ready,
      warnings: [])
    (report.verdict, report.warnings) = CheckVerdict.judge(report)
    return report
  }
}

/// The cuts of a clip, in frames of its source.
struct SourceShots {
  let cuts: [Int]
  let longest: Range<Int>

  init(of clip: Clip, flow: [FlowPair]) throws {
    let shots = try ShotCuts(frames: clip.frames, flow: flow)
    let first = clip.sourceFrames.lowerBound
    cuts = shots.cuts.map { $0 + first }
    longest = shots.longest.lowerBound + first..<shots.longest.upperBound + first
  }
}

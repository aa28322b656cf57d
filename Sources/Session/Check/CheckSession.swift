import Decomposition
import Foundation
import Media

/// Looks at a clip as decomposing would, without training.
public struct CheckSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// A frame of which less than this share has flow that can be trusted does not continue the one before.
  private static let cutTrust = 0.4
  /// Motion from frame to frame, as a share of the longer side, above which flow becomes unreliable.
  private static let fastMotion = 0.06

  public func run(source: ClipSource, masks: MaskChoice, flow choice: FlowChoice = .dis) throws -> CheckReport {
    let start = Date()
    let clip = try source.read(context)
    let flow = try Preparation.flow(of: clip, choice, context)
    let (objects, origin) = try masks.objects(of: clip, flow: flow, context)
    let motion = try Preparation.motion(flow: flow, objects: objects, context)
    let camera = (1..<clip.frames.count).map { step(motion[objects.count], $0, clip.size) }
    let trust = flow.map { Double($0.forwardValid.lazy.filter { $0 == 1 }.count) / Double(clip.size.pixelCount) }
    let estimate = CostEstimate(clip: clip, layers: objects.count + 1, preparationSeconds: -start.timeIntervalSinceNow)
    var report = CheckReport(
      frames: clip.frames.count, size: clip.size, frameRate: clip.frameRate, cameraMotionPixels: mean(camera),
      largestCameraMotionPixels: camera.max() ?? 0, trustedFlow: trust,
      suspectedCuts: trust.indices.filter { trust[$0] < Self.cutTrust }.map { $0 + 1 },
      objects: objects.map { object in
        CheckReport.Object(
          name: object.name, coverage: object.masks.map(\.coverage), motionPixels: motionPixels(of: object, flow))
      },
      masks: origin, expectedSeconds: estimate.seconds, expectedMemoryBytes: estimate.bytes, warnings: [])
    report.warnings = warnings(report)
    return report
  }

  private func warnings(_ report: CheckReport) -> [String] {
    var warnings: [String] = []
    if !report.suspectedCuts.isEmpty {
      let list = report.suspectedCuts.map(String.init).joined(separator: ", ")
      warnings.append("frame \(list) may begin another shot; decompose one shot at a time with --frames")
    }
    let fastest = max(report.largestCameraMotionPixels, report.objects.map(\.motionPixels).max() ?? 0)
    if fastest > Self.fastMotion * Double(report.size.longSide) {
      warnings.append("things move up to \(Int(fastest)) pixels a frame; flow may fail there")
    }
    for object in report.objects {
      let share = mean(object.coverage)
      if share < 0.005 {
        warnings.append(
          "\(object.name) is small (\(TextFormat.percent(share)) of the frame); its texture will be coarse")
      }
      if share > 0.6 {
        warnings.append("\(object.name) covers \(TextFormat.percent(share)) of the frame; is the mask inverted?")
      }
    }
    if report.frames > 100 {
      warnings.append(
        "\(report.frames) frames are many for one model; expect less detail, or take a part with --frames")
    }
    return warnings
  }

  /// How far the corners and the middle of the picture move from frame `frame - 1` to `frame`, in the mean.
  private func step(_ toReference: [Homography], _ frame: Int, _ size: PixelSize) -> Double {
    guard let back = toReference[frame].inverse else { return 0 }
    let map = back * toReference[frame - 1]
    let (w, h) = (Double(size.width - 1), Double(size.height - 1))
    let places = [(0, 0), (w, 0), (0, h), (w, h), (w / 2, h / 2)]
    return mean(
      places.map { x, y in
        let moved = map.apply(x, y)
        return (moved.x - x, moved.y - y)
      }.map { ($0 * $0 + $1 * $1).squareRoot() })
  }

  /// The mean length of the flow inside an object's masks.
  private func motionPixels(of object: ObjectMasks, _ flow: [FlowPair]) -> Double {
    var (sum, count) = (0.0, 0)
    for (mask, pair) in zip(object.masks, flow) {
      for (pixel, value) in mask.values.enumerated() where value > Mask.threshold && pair.forwardValid[pixel] == 1 {
        let (dx, dy) = (pair.forward.vectors[2 * pixel], pair.forward.vectors[2 * pixel + 1])
        sum += Double((dx * dx + dy * dy).squareRoot())
        count += 1
      }
    }
    return count == 0 ? 0 : sum / Double(count)
  }

  private func mean(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }
}

import Foundation
import Media
import NeuralField

/// Measures a decomposition while its frames are rendered; `evaluation` holds for the frames seen so far.
public final class QualityMeter: FrameObserver, @unchecked Sendable {
  private let clip: TrainingClip
  /// Sums of a channel over frames, each written by its own piece.
  private var channels = [ChannelSums](repeating: ChannelSums(), count: 3)
  private var overlaps: [MaskOverlap]
  private var light = LightDetail()
  private let flow: FlowConsistencyMetric
  private let layerNames: [String]
  private let lock = NSLock()

  /// A channel's mean squared errors, frame by frame (PSNR is a mean over frames, an error over channels), and its SSIM.
  fileprivate struct ChannelSums {
    var errors: [Double] = []
    var bareErrors: [Double] = []
    var ssim = 0.0
  }

  /// - Parameter clip: frames, flow, and the masks that alpha is compared with, objects in the order of the model's
  ///   foregrounds.
  /// - Throws: `DecompositionError.unsuitable` where the clip is not the model's.
  public init(_ renderer: Renderer, clip: TrainingClip) throws {
    let model = renderer.model
    guard clip.geometry == model.geometry, clip.layerNames == model.layerNames, renderer.size == clip.geometry.size
    else {
      throw DecompositionError.unsuitable(
        "the model has \(model.geometry.frameCount) frames of \(renderer.size) and layers "
          + "\(model.layerNames.joined(separator: ", ")); the clip has \(clip.geometry.frameCount) of "
          + "\(clip.geometry.size) and \(clip.layerNames.joined(separator: ", "))")
    }
    self.clip = clip
    layerNames = model.layerNames
    overlaps = clip.objects.map { _ in MaskOverlap() }
    flow = FlowConsistencyMetric(model: model, kernels: renderer.evaluator.kernels, clip: clip)
  }

  public func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void] {
    // The longest first: what is left for the end is short.
    let measureFlow: @Sendable () throws -> Void = { [flow] in flow.add(frame) }
    let measureChannels = (0..<3).map { channel in
      { @Sendable [self] () throws -> Void in
        let sums = measured(frame, channel: channel)
        lock.withLock { channels[channel].add(sums) }
      }
    }
    let measureMasks = clip.objects.indices.map { object in
      { @Sendable [self] () throws -> Void in
        var overlap = MaskOverlap()
        overlap.add(alpha: frame.layers[object].alpha[0], mask: clip.objects[object].masks[frame.index])
        lock.withLock { overlaps[object] += overlap }
      }
    }
    let measureLight: @Sendable () throws -> Void = { [self] in
      var detail = LightDetail()
      detail.add(frame)
      lock.withLock { light += detail }
    }
    return [measureFlow] + measureChannels + [measureLight] + measureMasks
  }

  private func measured(_ frame: RenderedFrame, channel: Int) -> ChannelSums {
    let reference = clip.frames[frame.index]
    return ChannelSums(
      errors: [ImageMetrics.meanSquaredError(frame.reconstruction, reference, channel: channel)],
      bareErrors: [ImageMetrics.meanSquaredError(frame.withoutResiduals, reference, channel: channel)],
      ssim: ImageMetrics.ssim(frame.reconstruction, reference, channel: channel))
  }

  /// The quality over all frames that were seen.
  public var evaluation: Evaluation {
    func psnr(_ errors: KeyPath<ChannelSums, [Double]>) -> Double {
      let frames = channels[0][keyPath: errors].count
      let sum = (0..<frames).reduce(0) { sum, frame in
        let error = (0..<3).reduce(0) { $0 + channels[$1][keyPath: errors][frame] } / 3
        return sum + ImageMetrics.psnr(meanSquaredError: error)
      }
      return sum / Double(frames)
    }
    let distances = flow.distances
    return Evaluation(
      psnr: psnr(\.errors), psnrWithoutResiduals: psnr(\.bareErrors),
      ssim: channels.reduce(0) { $0 + $1.ssim } / Double(3 * channels[0].errors.count),
      maskIoU: Dictionary(uniqueKeysWithValues: zip(clip.objects.map(\.name), overlaps.map(\.iou))),
      objectShareElsewhere: Dictionary(
        uniqueKeysWithValues: zip(clip.objects.map(\.name), overlaps.map(\.shareElsewhere))),
      residualHighFrequency: light.rootMeanSquare,
      flowConsistencyPixels: distances[distances.count - 1],
      layerFlowConsistencyPixels: Dictionary(uniqueKeysWithValues: zip(layerNames, distances)))
  }
}

extension QualityMeter.ChannelSums {
  fileprivate mutating func add(_ other: Self) {
    errors += other.errors
    bareErrors += other.bareErrors
    ssim += other.ssim
  }
}

import Foundation
import Media
import NeuralField

/// The quality of a decomposition, measured on every pixel of every frame.
public struct Evaluation: Codable, Equatable, Sendable {
  /// Mean over frames of the PSNR in dB of the reconstruction, data range 1.
  public var psnr: Double
  /// The same without residuals: what an edit of the textures controls.
  public var psnrWithoutResiduals: Double
  /// Mean over frames, 7 x 7 uniform window.
  public var ssim: Double
  /// Intersection over union of alpha > 0.5 and the reference mask, for every foreground layer.
  public var maskIoU: [String: Double]
  /// How far apart the background's texture places of matched pixels are, in pixels of the video (mean over consistent
  /// flow matches, weighted with the background's opacity).
  public var flowConsistencyPixels: Double
  /// The same for every layer.
  public var layerFlowConsistencyPixels: [String: Double]

  /// - Parameters:
  ///   - clip: frames, flow, and the masks that alpha is compared with, objects in the order of the model's foregrounds.
  ///   - onFrame: called after every frame with the number of frames done.
  public static func measure(
    _ renderer: Renderer, clip: TrainingClip, onFrame: (Int) -> Void = { _ in }
  ) throws -> Evaluation {
    let model = renderer.model
    guard clip.geometry == model.geometry, clip.layerNames == model.layerNames else {
      throw DecompositionError.unsuitable(
        "the model has \(model.geometry.frameCount) frames of \(model.geometry.size) and layers "
          + "\(model.layerNames.joined(separator: ", ")); the clip has \(clip.geometry.frameCount) of "
          + "\(clip.geometry.size) and \(clip.layerNames.joined(separator: ", "))")
    }
    var (psnr, bare, ssim) = (0.0, 0.0, 0.0)
    var overlaps = clip.objects.map { _ in MaskOverlap() }
    for (index, frame) in clip.frames.enumerated() {
      let rendered = renderer.frame(index)
      psnr += ImageMetrics.psnr(meanSquaredError: ImageMetrics.meanSquaredError(rendered.reconstruction, frame))
      bare += ImageMetrics.psnr(meanSquaredError: ImageMetrics.meanSquaredError(rendered.withoutResiduals, frame))
      ssim += ImageMetrics.ssim(rendered.reconstruction, frame)
      for (object, masks) in clip.objects.enumerated() {
        overlaps[object].add(alpha: rendered.layers[object].alpha[0], mask: masks.masks[index])
      }
      onFrame(index + 1)
    }
    let frames = Double(clip.frames.count)
    let flow = FlowConsistencyMetric(evaluator: renderer.evaluator, clip: clip).measure()
    return Evaluation(
      psnr: psnr / frames, psnrWithoutResiduals: bare / frames, ssim: ssim / frames,
      maskIoU: Dictionary(uniqueKeysWithValues: zip(clip.objects.map(\.name), overlaps.map(\.iou))),
      flowConsistencyPixels: flow[flow.count - 1],
      layerFlowConsistencyPixels: Dictionary(uniqueKeysWithValues: zip(model.layerNames, flow)))
  }
}

import Foundation
import Media

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
  /// The share of the reference mask that other layers carry (mean of 1 - alpha), for every foreground layer. nil in
  /// records of earlier versions.
  public var objectShareElsewhere: [String: Double]?
  /// Root mean square of what is finer than about 17 pixels in the composed light, sum_i alpha_i R_i: texture that the
  /// residual paints. nil in records of earlier versions.
  public var residualHighFrequency: Double?
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
    let meter = try QualityMeter(renderer, clip: clip)
    try RenderPass(renderer).run([meter], onFrame: onFrame)
    return meter.evaluation
  }
}

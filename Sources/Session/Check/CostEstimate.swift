import Decomposition
import Foundation
import Media

/// What a decomposition with the default settings will cost on this machine.
struct CostEstimate {
  /// Seconds from the first frame to the last file.
  let seconds: Double
  /// The largest memory at any time.
  let bytes: Int

  /// Points that one core evaluates in a second while it renders.
  private static let pointsPerCore = 200_000.0
  /// Times that every pixel of every frame is evaluated after training: metrics, coverage of the textures, videos.
  private static let passes = 3.0
  // Memory, fitted to the peaks of runs with 8 to 25 frames from 384x216 to 768x432.
  /// What the program and its libraries take without a clip.
  private static let baseBytes = 210_000_000
  /// For each pixel of each frame: frames, flow and its copy for the cache, masks.
  private static let bytesPerFramePixel = 80
  /// For each pixel and layer while a frame is rendered and its pictures are made.
  private static let bytesPerLayerPixel = 150

  /// - Parameter preparationSeconds: what reading, flow and masks took just now.
  init(clip: Clip, layers: Int, preparationSeconds: Double) {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let points = Double(clip.frames.count * clip.size.pixelCount)
    guard case .seconds(let training) = DecomposeRequest.defaultBudget(of: .fast) else { preconditionFailure() }
    seconds = preparationSeconds + training + Self.passes * points / (Self.pointsPerCore * Double(cores))

    let pixels = clip.size.pixelCount
    // Parameters, two moments, and a gradient for each core: about 2.2 million values a layer.
    let modelBytes = layers * 2_200_000 * 4 * (3 + cores)
    bytes =
      Self.baseBytes + modelBytes + pixels
      * (clip.frames.count * Self.bytesPerFramePixel + layers * Self.bytesPerLayerPixel)
  }
}

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
  /// What the program and its libraries take without a clip.
  private static let baseBytes = 150_000_000

  /// - Parameter preparationSeconds: what reading, flow and masks took just now.
  init(clip: Clip, layers: Int, preparationSeconds: Double) {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let points = Double(clip.frames.count * clip.size.pixelCount)
    guard case .seconds(let training) = DecomposeRequest.defaultBudget(of: .fast) else { preconditionFailure() }
    seconds = preparationSeconds + training + Self.passes * points / (Self.pointsPerCore * Double(cores))

    let pixels = clip.size.pixelCount
    // Frames, flow with its trust, masks.
    let clipBytes = clip.frames.count * pixels * (6 + 18 + layers - 1)
    // Parameters, two moments, and a gradient for each core: about 2.2 million values a layer.
    let modelBytes = layers * 2_200_000 * 4 * (3 + cores)
    // One rendered frame, and the pictures made of it.
    let renderBytes = pixels * (4 * (9 * layers + 6) + 6 * (3 * layers + 4))
    bytes = Self.baseBytes + clipBytes + modelBytes + renderBytes
  }
}

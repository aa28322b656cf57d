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
  // Memory, fitted to the peaks of runs with 8 to 24 frames of 768x432 (within 5 %; 384x216 takes a fifth less).
  /// What the program and its libraries take without a clip.
  private static let baseBytes = 290_000_000
  /// For each core: its part of a batch, and workspaces.
  private static let bytesPerCore = 40_000_000
  /// For each value of the model: itself, and two moments.
  private static let bytesPerValue = 12
  /// For each pixel of each frame: frames, flow and its copy for the cache, masks.
  private static let bytesPerFramePixel = 60
  /// For each pixel and layer while a frame is rendered and its pictures are made.
  private static let bytesPerLayerPixel = 150

  /// - Parameter preparationSeconds: what reading, flow and masks took just now.
  init(clip: Clip, layers: Int, preparationSeconds: Double) {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    let points = Double(clip.frames.count * clip.size.pixelCount)
    guard case .seconds(let training) = DecomposeRequest.defaultBudget(of: .fast) else { preconditionFailure() }
    seconds = preparationSeconds + training + Self.passes * points / (Self.pointsPerCore * Double(cores))

    let pixels = clip.size.pixelCount
    let model = DecompositionConfiguration.preset(.fast, for: clip.size).model
    let values = ModelNetworks(model, layerNames: (0..<layers).map { "layer\($0)" }).layout.count
    bytes =
      Self.baseBytes + cores * Self.bytesPerCore + values * Self.bytesPerValue + pixels
      * (clip.frames.count * Self.bytesPerFramePixel + layers * Self.bytesPerLayerPixel)
  }
}

import Decomposition
import Foundation
import Media

/// How to measure. The defaults are the sizes that results are compared at; tests take smaller ones.
public struct BenchRequest: Sendable {
  /// nil takes the scenario's own.
  public var repetitions: Int?
  /// Repetitions before those that count.
  public var warmUp = 2
  public var threads = ProcessInfo.processInfo.activeProcessorCount
  /// Size and number of the frames of procedural clips.
  public var size = PixelSize(width: 768, height: 432)
  public var frames = 16
  /// Points of an iteration.
  public var points = 10_000
  /// Iterations that make the model of `render` and `edit`.
  public var modelIterations = 300
  /// Size of the hash tables of the hypernetwork's target, 2^n entries a level.
  public var log2TableSize = 15
  /// Side of the edited textures in texels.
  public var textureSide = 1000
  /// The share of the usual work with which the machine's peak is measured.
  public var peakEffort = 1.0
  /// What `time-to-psnr` trains on instead of a procedural clip.
  public var clip: ClipSource?
  /// Masks of that clip; nil finds them.
  public var masks: String?
  /// Seconds that `time-to-psnr` trains.
  public var trainingSeconds = 60.0
  /// PSNR in dB whose times are wanted, without order.
  public var thresholds: [Double] = [26, 28, 30, 32, 34, 36, 38, 40]
  /// Fields of the preset that a scenario with a training changes; the PyTorch peer knows nothing of them.
  public var settings: [String: JSONValue] = [:]
  /// The longest training of `truth`, in iterations.
  public var truthIterations = 6400
  /// The PyTorch peer to time in the same run.
  public var peerScript: URL?

  public init() {}

  /// The default preset for a clip, with the settings of this request.
  /// - Throws: `SessionError.badSetting`.
  func trainedConfiguration(for clip: TrainingClip) throws -> DecompositionConfiguration {
    try withSettings(.preset(.fast, for: clip.geometry.size))
  }

  /// A preset's configuration with the points and settings of this request.
  /// - Throws: `SessionError.badSetting`.
  func configuration(_ preset: Preset) throws -> DecompositionConfiguration {
    var configuration = DecompositionConfiguration.preset(preset)
    configuration.training.sampling.batchPoints = points
    return try withSettings(configuration)
  }

  private func withSettings(_ configuration: DecompositionConfiguration) throws -> DecompositionConfiguration {
    let result = try SettingsDifference.apply(settings, to: configuration)
    try result.check()
    return result
  }
}

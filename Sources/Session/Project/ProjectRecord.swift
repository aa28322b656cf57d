import Decomposition
import Foundation
import Media

/// `project.json`: where a project came from, what was asked for where it differs from the preset, and what came out.
public struct ProjectRecord: Codable, Equatable, Sendable {
  /// The version that this program writes; it reads all up to it.
  public static let currentVersion = 1

  /// How far a project has come.
  public enum State: String, Codable, Sendable {
    /// Masks and settings are there; training has not finished.
    case training
    /// The model is there; textures and videos may not all be.
    case trained
    /// Everything is written.
    case finished
  }

  /// The shot: which frames of which file, at which size.
  public struct Source: Codable, Equatable, Sendable {
    /// Absolute path of the video file or folder of images.
    public var path: String
    /// The name of the clip for people.
    public var name: String
    /// The first frame of the source that is used, counted from 0.
    public var firstFrame: Int
    /// How many frames are used.
    public var frameCount: Int
    /// The size that the frames were brought to.
    public var size: PixelSize
    public var frameRate: FrameRate

    enum CodingKeys: String, CodingKey {
      case path, name, size
      case firstFrame = "first_frame"
      case frameCount = "frame_count"
      case frameRate = "frame_rate"
    }
  }

  /// What a training run was, for the record.
  public struct Run: Codable, Equatable, Sendable {
    public var iterations: Int
    /// Seconds of training, over all parts of an interrupted run.
    public var seconds: Double
    /// The numeric kernels that were in use.
    public var kernels: String
  }

  /// What training started from, where that was a metamodel's prediction.
  public struct Initialisation: Codable, Equatable, Sendable {
    /// Absolute path of the metamodel.
    public var metamodel: String
    /// The embedder's name.
    public var embedder: String
    /// PSNR in dB of the predicted model before any training.
    public var psnr: Double
    public var psnrWithoutResiduals: Double

    enum CodingKeys: String, CodingKey {
      case metamodel, embedder, psnr
      case psnrWithoutResiduals = "psnr_without_residuals"
    }
  }

  public var version = ProjectRecord.currentVersion
  public var state: State
  public var source: Source
  /// Where the masks came from: a path, "saliency" or "motion".
  public var masks: String
  /// Where the flow came from; absent in older records: DIS.
  public var flow: FlowChoice?
  /// Front first, the background last.
  public var layers: [String]
  public var preset: Preset
  /// The fields of the configuration that differ from the preset's.
  public var settings: [String: JSONValue]
  public var seed: UInt64
  public var budget: TrainingBudget
  public var initialisation: Initialisation?
  public var run: Run?
  public var metrics: Evaluation?

  /// The configuration that the preset and the settings make together.
  public func configuration() throws -> DecompositionConfiguration {
    try SettingsDifference.apply(settings, to: DecompositionConfiguration.preset(preset))
  }
}

extension ProjectRecord {
  /// Reads and judges a record.
  /// - Throws: `SessionError.recordCorrupt`, `.recordNewer`.
  init(contentsOf url: URL) throws {
    struct VersionOnly: Decodable { var version: Int }
    do {
      let data = try Data(contentsOf: url)
      let version = try JSONDecoder().decode(VersionOnly.self, from: data).version
      guard version <= Self.currentVersion else {
        throw SessionError.recordNewer(path: url.path, version: version, supported: Self.currentVersion)
      }
      self = try JSONDecoder().decode(ProjectRecord.self, from: data)
    } catch let error as SessionError {
      throw error
    } catch let error as DecodingError {
      throw SessionError.recordCorrupt(path: url.path, reason: error.brief)
    } catch {
      throw SessionError.recordCorrupt(path: url.path, reason: FileAccess.reason(of: error))
    }
    if let fault = fault { throw SessionError.recordCorrupt(path: url.path, reason: fault) }
    do { try configuration().check() } catch let error as SessionError {
      throw SessionError.recordCorrupt(path: url.path, reason: error.description)
    }
  }

  /// What cannot be true of a project that this program wrote.
  private var fault: String? {
    if version < 1 { return "version \(version)" }
    if source.firstFrame < 0 || source.firstFrame > 1 << 40 { return "first frame \(source.firstFrame)" }
    if !(2...1 << 20).contains(source.frameCount) { return "frame count \(source.frameCount)" }
    if !(1...1 << 15).contains(source.size.width) || !(1...1 << 15).contains(source.size.height) {
      return "size \(source.size)"
    }
    if source.frameRate.numerator < 1 || source.frameRate.denominator < 1 { return "frame rate" }
    if layers.count < 2 || layers.last != "background" || Set(layers).count != layers.count { return "layers" }
    if let name = layers.first(where: { !ProjectRecord.isLayerName($0) }) { return "layer name '\(name)'" }
    return nil
  }

  /// Whether a name can be a layer's, and so a folder's: no path, nothing hidden.
  static func isLayerName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 100 && !name.hasPrefix(".") && !name.contains("/") && !name.contains("\0")
  }

  func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var data = try encoder.encode(self)
    data.append(0x0A)
    try FileAccess.write(data, to: url)
  }
}

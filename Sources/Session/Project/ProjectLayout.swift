import Foundation

/// Where everything of a project is: plain files in one folder, each under a name that says what it is.
public struct ProjectLayout: Equatable, Sendable {
  public let folder: URL

  public init(folder: URL) {
    self.folder = folder
  }

  /// Source, frames, settings that differ from the defaults, metrics.
  public var record: URL { folder.appendingPathComponent("project.json") }
  /// The trained parameters.
  public var model: URL { folder.appendingPathComponent("model.safetensors") }
  /// Everything that an interrupted training needs to continue; gone when it has finished.
  public var checkpoint: URL { folder.appendingPathComponent("checkpoint.safetensors") }
  /// One JSON object a line: the progress of the training.
  public var metrics: URL { folder.appendingPathComponent("metrics.jsonl") }
  /// The clip as the layers rebuild it.
  public var reconstruction: URL { folder.appendingPathComponent("reconstruction.mp4") }
  /// The lighting of all layers together; mid-grey is no change.
  public var residual: URL { folder.appendingPathComponent("residual.mp4") }
  /// Source, reconstruction, layers and residual beside each other.
  public var comparison: URL { folder.appendingPathComponent("comparison.mp4") }
  /// The optical flow, kept between runs. What is in the cache is worked out again where it is gone.
  public var flowCache: URL { cache.appendingPathComponent("flow.bin") }
  /// Where each pixel looks into the textures, kept for rendering edits.
  public var layerMaps: URL { cache.appendingPathComponent("layers.bin") }
  var cache: URL { folder.appendingPathComponent("cache") }
  /// The masks that the run used, one folder an object, one PNG a frame.
  public func masks(of layer: String) -> URL { folder.appendingPathComponent("masks/\(layer)") }
  /// The folder of a layer.
  public func layer(_ name: String) -> URL { folder.appendingPathComponent("layers/\(name)") }
  /// The texture of a layer: RGBA, alpha = coverage.
  public func texture(of layer: String) -> URL { self.layer(layer).appendingPathComponent("texture.png") }
  /// The opacity of a layer in every frame.
  public func alpha(of layer: String) -> URL { self.layer(layer).appendingPathComponent("alpha.mp4") }
  /// A kept edit: its pictures and what they were painted on. Stays when a project is replaced.
  public func edit(_ name: String) -> URL { edits.appendingPathComponent(name) }
  /// A model that a kept edit was painted on, by its fingerprint.
  func editModel(_ fingerprint: String) -> URL {
    edit(Self.editModels).appendingPathComponent("\(fingerprint).safetensors")
  }
  var edits: URL { folder.appendingPathComponent("edits") }
  static let editModels = "models"

  /// The names of the kept edits.
  var keptEdits: [String] {
    FileAccess.entries(of: edits).filter {
      $0 != Self.editModels && FileAccess.exists(edit($0).appendingPathComponent("edit.json"))
    }
  }

  /// Files and folders that a new project writes to.
  var written: [URL] { files + groups.map(\.folder) + [record] }

  /// Single files, but for the record.
  var files: [URL] { [model, checkpoint, metrics, reconstruction, residual, comparison, layerMaps] }

  /// Folders with a folder an object or layer, and which files in those a project writes.
  var groups: [(folder: URL, isOurs: (String) -> Bool)] {
    [
      (folder.appendingPathComponent("layers"), { ["texture.png", "alpha.mp4"].contains($0) }),
      (folder.appendingPathComponent("masks"), MaskFolder.isMask),
    ]
  }
}

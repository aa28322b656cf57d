import Decomposition
import Embedding
import Foundation
import Hypernetwork
import Media

/// Which table, on which data, at what cost. Frames and size have the paper's values unless given.
public struct ReproduceRequest: Equatable, Sendable {
  /// A folder with `NAME/frames` and `NAME/masks` for every clip.
  public var data: URL
  /// Of every training run.
  public var budget: TrainingBudget
  /// Of a metamodel, for each of its videos; nil takes `budget`.
  public var metaBudget: TrainingBudget?
  /// A metamodel to take instead of training one, where the table has one metamodel.
  public var metamodel: URL?
  public var form = HypernetworkConfiguration.Form.factorised
  public var embedder = EmbedderChoice.descriptor
  /// Only these clips of the table; nil takes all.
  public var clips: [String]?
  public var frames = 0..<16
  public var size = PixelSize(width: 768, height: 432)
  public var flow = FlowChoice.dis
  public var preset = Preset.fast
  public var settings: [String: JSONValue] = [:]
  public var seed: UInt64 = 0
  public var threads: Int?
  /// Where prepared clips are kept.
  public var cache = PreparedClipLibrary.defaultFolder

  public init(data: URL, budget: TrainingBudget) {
    (self.data, self.budget) = (data, budget)
  }
}

/// The clips of a data folder, prepared and kept.
struct ReproductionData {
  let request: ReproduceRequest
  let context: SessionContext

  /// The clips of a table that are here and asked for, and the others.
  /// - Throws: `SessionError.fileAbsent` where there is no data folder, `.tableClipsAbsent` where it has none of them.
  func clips(of table: PaperTable) throws -> (here: [String], missing: [String]) {
    let names = table.clips
    guard FileAccess.isFolder(request.data) else {
      throw SessionError.fileAbsent(option: "--data", path: request.data.path)
    }
    if let odd = request.clips?.first(where: { !names.contains($0) }) {
      throw SessionError.unknownClip(name: odd, known: names)
    }
    let here = here(among: names).filter { request.clips?.contains($0) ?? true }
    guard !here.isEmpty else {
      throw SessionError.tableClipsAbsent(path: request.data.path, wanted: request.clips ?? names)
    }
    return (here, names.filter { !here.contains($0) })
  }

  /// Those of `names` that the folder has.
  func here(among names: [String]) -> [String] {
    names.filter { name in
      ["frames", "masks"].allSatisfy { FileAccess.isFolder(folder(name).appendingPathComponent($0)) }
    }
  }

  func preparation(_ name: String, automaticMasks: Bool = false) -> ClipPreparation {
    ClipPreparation(
      source: ClipSource(
        path: folder(name).appendingPathComponent("frames").path, frames: request.frames, size: request.size),
      masks: automaticMasks ? .automatic : .given(path: folder(name).appendingPathComponent("masks").path),
      flow: request.flow, name: name)
  }

  /// A clip, from the cache or prepared now.
  func clip(_ name: String, automaticMasks: Bool = false) throws -> TrainingClip {
    try PreparedClipLibrary([preparation(name, automaticMasks: automaticMasks)], in: request.cache, context).clip(0)
  }

  private func folder(_ name: String) -> URL { request.data.appendingPathComponent(name) }
}

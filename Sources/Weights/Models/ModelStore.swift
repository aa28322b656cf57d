import Foundation

/// Where models lie on this machine: a folder of the program's own, and the cache of Hugging Face's libraries.
public struct ModelStore: Sendable {
  /// The program's own folder.
  public let folder: URL
  /// Hugging Face's cache (`hub` in its folder).
  public let hubFolder: URL

  /// The folders that the environment names: `HYPERNVD_MODELS`, else `hypernvd/models` in `XDG_DATA_HOME`
  /// (`~/.local/share`); `HF_HUB_CACHE`, else `hub` in `HF_HOME` (`~/.cache/huggingface`).
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let folders = UserFolders(environment: environment)
    func named(_ variable: String) -> URL? { UserFolders.named(variable, environment) }
    folder = named("HYPERNVD_MODELS") ?? folders.data.appendingPathComponent("hypernvd/models")
    hubFolder =
      named("HF_HUB_CACHE")
      ?? (named("HF_HOME") ?? folders.cache.appendingPathComponent("huggingface")).appendingPathComponent("hub")
  }

  /// Where a model of the catalogue is: its file, or its folder where it has several; nil where it is not here whole.
  public func find(_ entry: ModelEntry) -> URL? {
    if entry.files.isEmpty {
      let file = folder.appendingPathComponent("\(entry.name).onnx")
      return Self.exists(file) ? file : nil
    }
    let place = destination(of: entry)
    if entry.files.allSatisfy({ Self.exists(place.appendingPathComponent($0.name)) }) {
      return entry.files.count == 1 ? place.appendingPathComponent(entry.files[0].name) : place
    }
    return entry.repository.flatMap { hubSnapshot(of: $0) }
  }

  /// The folder that a model's files are fetched into.
  public func destination(of entry: ModelEntry) -> URL { folder.appendingPathComponent(entry.name) }

  /// The folder of a repository's files in Hugging Face's cache: of the revision `main`, else of any that has weights.
  public func hubSnapshot(of repository: String) -> URL? {
    let place = hubFolder.appendingPathComponent("models--" + repository.replacingOccurrences(of: "/", with: "--"))
    let snapshots = place.appendingPathComponent("snapshots")
    let main = try? String(contentsOf: place.appendingPathComponent("refs/main"), encoding: .utf8)
    let others = (try? FileManager.default.contentsOfDirectory(atPath: snapshots.path))?.sorted() ?? []
    let revisions = (main.map { [$0.trimmingCharacters(in: .whitespacesAndNewlines)] } ?? []) + others
    return revisions.filter { !$0.isEmpty && !$0.contains("/") && $0 != ".." }
      .map { snapshots.appendingPathComponent($0) }
      .first { folder in
        ["model.safetensors", "pytorch_model.bin"].contains { Self.exists(folder.appendingPathComponent($0)) }
      }
  }

  private static func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}

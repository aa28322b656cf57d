import Decomposition
import Foundation
import Weights

/// Clips that are prepared once, kept on disk and loaded one at a time: thirty of them need no more memory than one.
///
/// The files (`PreparedClipFile`, about 8 MB a frame of 768x432) lie in a cache folder and may be deleted at any time;
/// they are made again where they are gone, damaged, of another version, or where a file behind them has changed.
public struct PreparedClipLibrary: ClipLibrary, Sendable {
  private let files: [URL]
  private let names: [String]

  /// `hypernvd/clips` in the user's cache folder (`XDG_CACHE_HOME`, by default `~/.cache`).
  public static var defaultFolder: URL { UserFolders().cache.appendingPathComponent("hypernvd/clips") }

  /// Prepares what is missing, a clip after the other.
  /// - Parameters:
  ///   - folder: where the files are kept.
  ///   - context: hears `.clipReady` for every clip; where it says stop, `SessionError.interrupted` is thrown and the
  ///     clips that are ready are kept.
  /// - Throws: `SessionError`, `MediaError`, `PerceptionError`, `DecompositionError`, `WeightsError` of the first clip
  ///   that cannot be prepared.
  public init(
    _ preparations: [ClipPreparation], in folder: URL = PreparedClipLibrary.defaultFolder,
    _ context: SessionContext = SessionContext()
  ) throws {
    try FileAccess.makeFolder(folder)
    var (files, names): ([URL], [String]) = ([], [])
    for (index, preparation) in preparations.enumerated() {
      if context.shouldStop() { throw SessionError.interrupted }
      let url = folder.appendingPathComponent(preparation.fileName)
      let kept = Self.keptName(preparation, at: url, context)
      let found = try kept ?? Self.prepare(preparation, to: url, context)
      let name = preparation.name ?? found
      files.append(url)
      names.append(name)
      context.onEvent(.clipReady(name: name, number: index + 1, of: preparations.count, isNew: kept == nil))
    }
    (self.files, self.names) = (files, names)
  }

  public var count: Int { files.count }
  public func name(of index: Int) -> String { names[index] }
  public func clip(_ index: Int) throws -> TrainingClip { try PreparedClipFile(contentsOf: files[index]).load() }

  /// The clip's name where its file is there, whole and of today's clip.
  private static func keptName(_ preparation: ClipPreparation, at url: URL, _ context: SessionContext) -> String? {
    guard FileAccess.exists(url) else { return nil }
    do {
      let file = try PreparedClipFile(contentsOf: url)
      guard file.identity == preparation.identity else { return nil }
      _ = try file.load()
      return file.name
    } catch {
      context.onEvent(.warning("\(error); the clip is prepared again"))
      return nil
    }
  }

  private static func prepare(
    _ preparation: ClipPreparation, to url: URL, _ context: SessionContext
  ) throws -> String {
    // Before reading: what changes in between is noticed the next time.
    let identity = preparation.identity
    let clip = try preparation.source.read(context)
    let prepared = try Preparation(clip: clip, masks: preparation.masks, flow: preparation.flow, context)
    try PreparedClipFile.write(prepared.trainingClip(), name: clip.name, identity: identity, to: url)
    return clip.name
  }
}

import Foundation
import Media

/// A clip of a meta-training, before it is read.
public struct MetaClip: Equatable, Sendable {
  public var name: String
  public var path: String
  /// nil: found automatically.
  public var masks: String?
}

/// Finds the clips that a meta-training is to use.
public enum MetaClipList {
  /// The clips that some paths name: each a clip (a video file, a folder of images, or a folder with the images in
  /// `frames`), a folder of clips, or a list: a text file with a clip a line, behind a tab its masks, paths from the
  /// list's folder.
  ///
  /// Masks are those of the list; else those called as the clip in `masks`; else a folder `masks` in the clip's.
  /// - Throws: `SessionError.fileAbsent`, `.noClips`; `MediaError` where a path is no clip.
  public static func find(_ paths: [String], masks folder: String? = nil) throws -> [MetaClip] {
    if let folder, !FileAccess.isFolder(URL(fileURLWithPath: folder)) {
      throw SessionError.fileAbsent(option: "--masks", path: folder)
    }
    var clips: [MetaClip] = []
    for path in paths {
      for clip in try found(at: URL(fileURLWithPath: path)) {
        var clip = clip
        clip.masks = clip.masks ?? folder.flatMap { named(clip.name, in: $0) } ?? beside(clip.path)
        let same = clips.filter { $0.name == clip.name || $0.name.hasPrefix(clip.name + "-") }.count
        if same > 0 { clip.name += "-\(same + 1)" }
        clips.append(clip)
      }
    }
    return clips
  }

  private static func found(at url: URL) throws -> [MetaClip] {
    if url.pathExtension == "txt" { return try list(url) }
    do {
      return [try clip(url)]
    } catch let error as MediaError {
      guard FileAccess.isFolder(url) else { throw error }
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
      let inside = names.filter { !$0.hasPrefix(".") }.compactMap { try? clip(url.appendingPathComponent($0)) }
      guard !inside.isEmpty else { throw SessionError.noClips(path: url.path) }
      return inside
    }
  }

  private static func clip(_ url: URL) throws -> MetaClip {
    MetaClip(name: try ClipReader.probe(url).name, path: url.path)
  }

  private static func list(_ url: URL) throws -> [MetaClip] {
    let text = String(decoding: try InputFile.contents(of: url, limit: 1 << 20), as: UTF8.self)
    let folder = url.deletingLastPathComponent()
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let clips = try lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }.map { line in
      let columns = line.split(separator: "\t").map { $0.trimmingCharacters(in: .whitespaces) }
      var clip = try clip(URL(fileURLWithPath: columns[0], relativeTo: folder).absoluteURL)
      if columns.count > 1 { clip.masks = URL(fileURLWithPath: columns[1], relativeTo: folder).absoluteURL.path }
      return clip
    }
    guard !clips.isEmpty else { throw SessionError.noClips(path: url.path) }
    return clips
  }

  /// The folder, or the file of any type, that is called `name`.
  private static func named(_ name: String, in folder: String) -> String? {
    let url = URL(fileURLWithPath: folder)
    let entries = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    return entries.first { $0 == name || URL(fileURLWithPath: $0).deletingPathExtension().path.hasSuffix("/" + name) }
      .map { url.appendingPathComponent($0).path }
  }

  private static func beside(_ clip: String) -> String? {
    let masks = URL(fileURLWithPath: clip).appendingPathComponent("masks")
    return FileAccess.isFolder(masks) ? masks.path : nil
  }
}

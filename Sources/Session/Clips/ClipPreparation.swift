import Foundation
import Media
import Perception
import Weights

/// A clip and how it is made ready for training.
public struct ClipPreparation: Equatable, Sendable {
  public var source: ClipSource
  public var masks: MaskChoice
  public var flow: FlowChoice
  /// What to call it; nil: as its source.
  public var name: String?

  public init(source: ClipSource, masks: MaskChoice = .automatic, flow: FlowChoice = .dis, name: String? = nil) {
    self.name = name
    self.source = source
    self.masks = masks
    self.flow = flow
  }
}

extension ClipPreparation {
  /// What is asked for: the key of its place in a cache. Two texts differ where the requests do.
  var key: String {
    let request = Request(
      source: ClipSource(
        path: Self.absolute(source.path), frames: source.frames, size: source.size,
        maximumFrames: source.maximumFrames),
      masks: Self.absolute(masks), flow: flow)
    return Self.text(request)
  }

  /// `key`, and what the files behind it are now (path, size, time of change): another text where one of them changed,
  /// so that what was made from them must be made again.
  var identity: String { key + Self.text(files.map(FileStamp.stamps)) }

  /// The name of the prepared file: readable at its beginning, different for each `key`.
  var fileName: String {
    let stem = URL(fileURLWithPath: source.path).deletingPathExtension().lastPathComponent
    let plain = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }.prefix(40))
    return "\(plain)-\(SHA256.hex(of: Data(key.utf8)).prefix(16)).safetensors"
  }

  /// Whatever is read: the clip, masks or the model that finds them, flow or the weights that estimate it.
  private var files: [URL] {
    var files = [URL(fileURLWithPath: source.path)]
    files += Self.files(of: masks)
    switch flow {
    case .dis: break
    case .raft(let url), .files(let url): files.append(url)
    }
    return files
  }

  private static func files(of masks: MaskChoice) -> [URL] {
    switch masks {
    case .given(let path): [URL(fileURLWithPath: path)]
    case .automatic: [AutomaticMasks.defaultModelURL()]
    case .moving: []
    case .guided(let hints, let base):
      files(of: base)
        + hints.compactMap { if case .mask(let path) = $0.shape { URL(fileURLWithPath: path) } else { nil } }
    }
  }

  private struct Request: Encodable {
    var source: ClipSource
    var masks: MaskChoice
    var flow: FlowChoice
  }

  private static func absolute(_ masks: MaskChoice) -> MaskChoice {
    switch masks {
    case .given(let path): return .given(path: absolute(path))
    case .automatic, .moving: return masks
    case .guided(let hints, let base):
      let places = hints.map { hint in
        var hint = hint
        if case .mask(let path) = hint.shape { hint.shape = .mask(path: absolute(path)) }
        return hint
      }
      return .guided(by: places, over: absolute(base))
    }
  }

  private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

  private static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

/// What tells one state of a file from another without reading it.
struct FileStamp: Encodable, Equatable {
  var path: String
  var bytes: Int
  /// Seconds since 1970.
  var changed: Double

  /// How far below a folder files are looked at: masks of several objects are folders in a folder.
  private static let depth = 3

  /// The stamps of a file, or of the files in a folder, in order; none where nothing is there.
  static func stamps(of url: URL) -> [FileStamp] { stamps(of: url, depth: depth) }

  private static func stamps(of url: URL, depth: Int) -> [FileStamp] {
    if FileAccess.isFolder(url) {
      guard depth > 0 else { return [] }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
      return names.sorted().filter { !$0.hasPrefix(".") }
        .flatMap { stamps(of: url.appendingPathComponent($0), depth: depth - 1) }
    }
    let path = url.resolvingSymlinksInPath().path
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return [] }
    let changed = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return [FileStamp(path: path, bytes: (attributes[.size] as? Int) ?? 0, changed: changed)]
  }
}

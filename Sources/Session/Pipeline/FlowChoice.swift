import Foundation
import Media
import Perception

/// Where the optical flow of a clip comes from. As a text: `dis`, `raft:FILE`, or the path of a folder.
public enum FlowChoice: Equatable, Sendable {
  /// Dense inverse search; needs nothing.
  case dis
  /// RAFT with the weights of this file.
  case raft(URL)
  /// Flow files, named as `FlowFolder` writes them.
  case files(URL)

  private static let raftPrefix = "raft:"

  public init(_ text: String) {
    if text == "dis" {
      self = .dis
    } else if text.hasPrefix(Self.raftPrefix) {
      self = .raft(URL(fileURLWithPath: String(text.dropFirst(Self.raftPrefix.count))))
    } else {
      self = .files(URL(fileURLWithPath: text))
    }
  }

  public var text: String {
    switch self {
    case .dis: "dis"
    case .raft(let url): Self.raftPrefix + url.standardizedFileURL.path
    case .files(let url): url.standardizedFileURL.path
    }
  }

  /// One pair for each two neighbouring frames.
  /// - Parameter progress: hears the pairs done and the pairs in all, where they are estimated.
  /// - Throws: `SessionError.fileAbsent`, `.flowSize`, `WeightsError`, `PerceptionError`, `InferenceError`, `MediaError`.
  func pairs(of clip: Clip, progress: @escaping (Int, Int) -> Void) throws -> [FlowPair] {
    switch self {
    case .dis: return try FlowEstimator(.dis).pairs(for: clip.frames, progress: progress)
    case .raft(let url):
      guard FileAccess.exists(url) else { throw SessionError.fileAbsent(option: "--flow raft", path: url.path) }
      return try FlowEstimator(.raft(RAFT(contentsOf: url))).pairs(for: clip.frames, progress: progress)
    case .files(let url): return try FlowFolder(url).read(frames: clip.frames.count, size: clip.size)
    }
  }
}

extension FlowChoice: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

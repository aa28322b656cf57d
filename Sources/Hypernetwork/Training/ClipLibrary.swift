import Decomposition

/// Prepared clips that a metamodel is trained on, opened one at a time: only what is in use needs memory.
public protocol ClipLibrary {
  var count: Int { get }
  func name(of index: Int) -> String
  /// The clip, the same at every call.
  func clip(_ index: Int) throws -> TrainingClip
}

/// Clips that are all in memory.
public struct MemoryClipLibrary: ClipLibrary, Sendable {
  private let clips: [(name: String, clip: TrainingClip)]

  public init(_ clips: [(name: String, clip: TrainingClip)]) { self.clips = clips }

  public var count: Int { clips.count }
  public func name(of index: Int) -> String { clips[index].name }
  public func clip(_ index: Int) -> TrainingClip { clips[index].clip }
}

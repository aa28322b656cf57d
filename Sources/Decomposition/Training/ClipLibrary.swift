/// Training clips by number, opened one at a time: training on many clips then needs no more memory than on one.
public protocol ClipLibrary {
  var count: Int { get }
  /// What people call clip `index`, in `0..<count`.
  func name(of index: Int) -> String
  /// The clip, the same at every call. It is loaded anew each time: who needs it twice keeps it.
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

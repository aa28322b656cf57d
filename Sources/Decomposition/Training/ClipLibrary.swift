/// Training clips by number, loaded one at a time: training on many clips then needs no more memory than on one.
public protocol ClipLibrary: Sendable {
  var count: Int { get }
  /// What people call clip `index`, in `0..<count`.
  func name(at index: Int) -> String
  /// The clip itself. Every call loads it anew; who needs it twice keeps it.
  func load(_ index: Int) throws -> TrainingClip
}

/// Clips that are in memory already.
public struct ClipsInMemory: ClipLibrary {
  private let clips: [(name: String, clip: TrainingClip)]

  public init(_ clips: [(name: String, clip: TrainingClip)]) {
    self.clips = clips
  }

  public var count: Int { clips.count }
  public func name(at index: Int) -> String { clips[index].name }
  public func load(_ index: Int) -> TrainingClip { clips[index].clip }
}

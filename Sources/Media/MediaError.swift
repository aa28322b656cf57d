import Foundation

/// What can go wrong between files and pictures. `category` says whose fault it is, `description` what to do.
public enum MediaError: Error, Equatable, Sendable {
  /// There is nothing at this path.
  case notFound(path: String)
  /// The file is there but cannot be opened or decoded: empty, truncated, of an unknown format, not permitted.
  case unreadable(path: String, detail: String)
  /// The file is readable but holds no moving or still pictures (audio only, for example).
  case noVideo(path: String)
  /// The container opens but not one picture can be decoded from it.
  case noFrames(path: String, detail: String)
  /// The folder holds no image; `folders` are the folders it holds instead.
  case noImages(path: String, folders: [String])
  /// The request reaches beyond the frames that are there.
  case framesOutOfRange(path: String, requested: Range<Int>, available: Int)
  /// The file ends early or is damaged: `decoded` frames can be read of those it announces.
  case damaged(path: String, decoded: Int, announced: Int, detail: String)
  /// The picture is larger than this program accepts.
  case tooLarge(path: String, size: PixelSize)
  /// The frames that were asked for do not fit into memory.
  case tooManyFrames(path: String, size: PixelSize, limit: Int)
  /// A size that no picture can have was asked for.
  case badSize(PixelSize)
  /// One image of a folder has another size than the first.
  case mixedSizes(path: String, size: PixelSize, expected: PixelSize)
  /// The masks of these source frames are missing.
  case missingMasks(path: String, object: String?, frames: [Int], available: Int)
  /// A flow vector is not a number, or infinite.
  case notFinite(path: String, x: Int, y: Int)
  /// The data are readable but cannot be used for this purpose.
  case unsuitable(path: String, detail: String)
  /// A frame of another size was handed to a writer.
  case wrongFrameSize(size: PixelSize, expected: PixelSize)
  /// The output cannot be created or completed.
  case cannotWrite(path: String, detail: String)

  /// The three kinds of failure that a caller treats differently, for example as exit codes of a command.
  public enum Category: Sendable {
    /// The input does not exist (exit code 66).
    case inputAbsent
    /// The input is unreadable or unsuitable (exit code 65).
    case badData
    /// The output cannot be written (exit code 74).
    case outputUnwritable
  }

  public var category: Category {
    switch self {
    case .notFound: .inputAbsent
    case .cannotWrite: .outputUnwritable
    default: .badData
    }
  }
}

extension MediaError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .notFound(let path):
      "there is no file or folder \(path); check the spelling"
    case .unreadable(let path, let detail):
      "\(path) cannot be read: \(detail)"
    case .noVideo(let path):
      "\(path) holds no video; give a video file or a folder of images"
    case .noFrames(let path, let detail):
      "no frame of \(path) can be decoded: \(detail)"
    case .noImages(let path, let folders) where folders.isEmpty:
      "the folder \(path) holds no images; give a folder of PNG or JPEG files"
    case .noImages(let path, let folders):
      "the folder \(path) holds no images, only the folders \(Self.list(folders)); give one of them"
    case .framesOutOfRange(let path, let requested, let available):
      "frames \(requested.lowerBound)..<\(requested.upperBound) were asked for, "
        + "but \(path) has \(Self.count(available, "frame")); give a range within 0..<\(available)"
    case .damaged(let path, let decoded, let announced, let detail):
      "\(path) is damaged: \(decoded) of its \(Self.count(announced, "frame")) can be decoded (\(detail)); "
        + "ask for frames within 0..<\(decoded) to use what is there"
    case .tooLarge(let path, let size):
      "the pictures of \(path) are \(size), more than \(Limits.maximumPixels / 1_000_000) million pixels; scale them down"
    case .tooManyFrames(let path, let size, let limit):
      "\(path) has more than the \(Self.count(limit, "frame")) of \(size) that are held in memory; "
        + "ask for fewer frames or a smaller size"
    case .badSize(let size):
      "\(size) is not a possible picture size; give 1 to \(Limits.maximumSide) pixels a side"
    case .mixedSizes(let path, let size, let expected):
      "\(path) is \(size), but the images before it are \(expected); all must have one size"
    case .missingMasks(let path, let object, let frames, let available):
      "the masks\(object.map { " of \($0)" } ?? "") in \(path) are missing for "
        + "\(frames.count == 1 ? "frame" : "frames") \(Self.list(Self.runs(frames))) "
        + "(\(Self.count(available, "mask")) there; the first belongs to frame 0 of the source)"
    case .notFinite(let path, let x, let y):
      "the flow in \(path) is not a finite number at x \(x), y \(y)"
    case .unsuitable(let path, let detail):
      "\(path) cannot be used: \(detail)"
    case .wrongFrameSize(let size, let expected):
      "a frame of \(size) was given for a video of \(expected)"
    case .cannotWrite(let path, let detail):
      "\(path) cannot be written: \(detail)"
    }
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// At most eight items, then how many more there are.
  private static func list(_ items: [String]) -> String {
    items.count <= 8
      ? items.joined(separator: ", ") : items.prefix(8).joined(separator: ", ") + " and \(items.count - 8) more"
  }

  /// `[1, 2, 3, 7]` as `["1-3", "7"]`.
  private static func runs(_ numbers: [Int]) -> [String] {
    var runs: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
  }
}

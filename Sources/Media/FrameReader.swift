import CFFmpeg
import Foundation

/// Reads the frames of a shot one after the other, converted to full-range RGB, rotated and resized; memory is that of one
/// frame. Decodes only up to the last one.
public final class FrameReader {
  private let source: any FrameSource

  /// - Parameter url: a video file, one image, or a folder of images (natural order; `frames`, `video_frames` and the
  ///   DAVIS layout are found below it).
  /// - Throws: `MediaError` where the source is absent or unreadable, or is known to have fewer frames.
  public init(_ url: URL, _ request: ClipRequest = ClipRequest()) throws {
    try request.validate(path: url.path)
    source =
      try InputFile.isFolder(url)
      ? FolderFrames(try ImageFolder(framesAt: url), request) : VideoFrames(url, request)
  }

  /// The next frame; nil after the last one.
  /// - Throws: `MediaError` where the source is damaged here, or ends before the last frame that was asked for.
  public func next() throws -> Frame? { try source.next() }

  /// A name for people and for files: the source's file or folder name without extension.
  public var name: String { source.name }
  public var frameRate: FrameRate { source.frameRate }
  /// The size that a viewer shows the source at; nil before the first frame.
  public var sourceSize: PixelSize? { source.sourceSize }
  var path: String { source.path }
  /// How many frames there will be, where that is known before the last.
  var announcedCount: Int? { source.announcedCount }
}

private protocol FrameSource: AnyObject {
  var path: String { get }
  var name: String { get }
  var frameRate: FrameRate { get }
  var sourceSize: PixelSize? { get }
  var announcedCount: Int? { get }
  func next() throws -> Frame?
}

/// The images of a folder, all of one size.
private final class FolderFrames: FrameSource {
  private let folder: ImageFolder
  private var files: ArraySlice<URL>
  private let size: PixelSize?
  private(set) var sourceSize: PixelSize?
  let announcedCount: Int?

  init(_ folder: ImageFolder, _ request: ClipRequest) throws {
    let range = request.range(available: folder.files.count)
    guard range.upperBound <= folder.files.count else {
      throw MediaError.framesOutOfRange(
        path: folder.url.path, requested: request.frames ?? range, available: folder.files.count)
    }
    (self.folder, size, announcedCount) = (folder, request.size, range.count)
    files = folder.files[range]
  }

  var path: String { folder.url.path }
  var name: String { folder.name }
  var frameRate: FrameRate { .unknown }

  func next() throws -> Frame? {
    guard let file = files.popFirst() else { return nil }
    return try StillImage.decode(file) { picture, converter in
      let found = converter.displaySize(of: picture)
      let expected = sourceSize ?? found
      guard found == expected else { throw MediaError.mixedSizes(path: file.path, size: found, expected: expected) }
      sourceSize = expected
      return try converter.frame(of: picture, size: size ?? ClipRequest.defaultSize(for: found))
    }
  }
}

/// The frames of a video file.
private final class VideoFrames: FrameSource {
  private let url: URL
  private let decoder: VideoDecoder
  private let converter: FrameConverter
  private let range: Range<Int>
  /// Whether the request names no frames, so that the source may end before the range does.
  private let isOpen: Bool
  /// Of all frames; that of the first where none is asked for.
  private var size: PixelSize?
  private(set) var sourceSize: PixelSize?
  let announcedCount: Int?

  init(_ url: URL, _ request: ClipRequest) throws {
    self.url = url
    decoder = try VideoDecoder(url)
    converter = FrameConverter(decoder.container)
    range = request.range(available: nil)
    (isOpen, size) = (request.frames == nil, request.size)
    announcedCount = isOpen ? nil : range.count
  }

  var path: String { url.path }
  var name: String { url.deletingPathExtension().lastPathComponent }
  var frameRate: FrameRate { FrameRate(decoder.container.stream.pointee) }

  func next() throws -> Frame? {
    while decoder.decodedCount < range.upperBound, let picture = try decoder.next() {
      guard decoder.decodedCount > range.lowerBound else { continue }
      let found = sourceSize ?? converter.displaySize(of: picture)
      let wanted = size ?? ClipRequest.defaultSize(for: found)
      (sourceSize, size) = (found, wanted)
      return try converter.frame(of: picture, size: wanted)
    }
    try checkComplete()
    return nil
  }

  /// Whether the decoder gave what was asked for: all of `range`; in an open request every frame that the file
  /// announces, up to the range's end.
  private func checkComplete() throws {
    let decoded = decoder.decodedCount
    guard decoded > 0 else {
      throw MediaError.noFrames(path: path, detail: decoder.damage ?? "the video stream is empty")
    }
    guard decoded < range.upperBound else { return }
    if let damage = decoder.damage, let announced = decoder.announcedCount, announced > decoded {
      throw MediaError.damaged(path: path, decoded: decoded, announced: announced, detail: damage)
    }
    guard isOpen else { throw MediaError.framesOutOfRange(path: path, requested: range, available: decoded) }
  }
}

extension FrameRate {
  /// What a folder of images is played at.
  static let unknown = FrameRate(numerator: 25, denominator: 1)

  /// The average rate of a stream, its nominal rate where the average is not known, else 25/1.
  init(_ stream: AVStream) {
    let known = [stream.avg_frame_rate, stream.r_frame_rate].first { $0.num > 0 && $0.den > 0 }
    self = known.map { FrameRate(numerator: Int($0.num), denominator: Int($0.den)) } ?? .unknown
  }
}

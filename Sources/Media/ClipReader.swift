import CFFmpeg
import Foundation

/// Reads clips from anything that FFmpeg reads and from folders of images.
public enum ClipReader {
  /// What the source holds.
  /// - Throws: `MediaError` where it is absent, unreadable, or holds no pictures.
  public static func probe(_ url: URL) throws -> ClipInfo {
    if try InputFile.isFolder(url) {
      let folder = try ImageFolder(framesAt: url)
      var info = try describe(try VideoDecoder(folder.files[0]), name: folder.name)
      info.kind = .images
      info.frameCount = folder.files.count
      info.isFrameCountExact = true
      return info
    }
    return try describe(try VideoDecoder(url), name: url.deletingPathExtension().lastPathComponent)
  }

  /// The requested frames, converted to full-range RGB, rotated and resized. Decodes only up to the last one.
  ///
  /// - Parameter url: a video file, one image, or a folder of images (natural order; `frames`, `video_frames` and the
  ///   DAVIS layout are found below it).
  /// - Throws: `MediaError` where the source is absent, unreadable, damaged within the range, or has fewer frames.
  public static func read(_ url: URL, _ request: ClipRequest = ClipRequest()) throws -> Clip {
    try request.validate(path: url.path)
    return try InputFile.isFolder(url)
      ? readImages(try ImageFolder(framesAt: url), request) : readVideo(url, request)
  }

  // MARK: - Folders

  private static func readImages(_ folder: ImageFolder, _ request: ClipRequest) throws -> Clip {
    let range = request.range(available: folder.files.count)
    guard range.upperBound <= folder.files.count else {
      throw MediaError.framesOutOfRange(
        path: folder.url.path, requested: request.frames ?? range, available: folder.files.count)
    }
    var sourceSize: PixelSize?
    var target: PixelSize?
    var frames: [Frame] = []
    for file in folder.files[range] {
      try StillImage.decode(file) { picture, converter in
        let size = converter.displaySize(of: picture)
        let expected = sourceSize ?? size
        guard size == expected else {
          throw MediaError.mixedSizes(path: file.path, size: size, expected: expected)
        }
        let wanted = target ?? request.size ?? ClipRequest.defaultSize(for: size)
        try checkMemory(range.count, wanted, path: folder.url.path)
        (sourceSize, target) = (expected, wanted)
        frames.append(try converter.frame(of: picture, size: wanted))
      }
    }
    return Clip(name: folder.name, frames: frames, frameRate: .unknown, sourceFrames: range, sourceSize: sourceSize)
  }

  // MARK: - Video files

  private static func readVideo(_ url: URL, _ request: ClipRequest) throws -> Clip {
    let decoder = try VideoDecoder(url)
    let converter = FrameConverter(decoder.container)
    let range = request.range(available: nil)
    var target = request.size
    var sourceSize: PixelSize?
    var frames: [Frame] = []
    while decoder.decodedCount < range.upperBound, let picture = try decoder.next() {
      guard decoder.decodedCount > range.lowerBound else { continue }
      let size = sourceSize ?? converter.displaySize(of: picture)
      let wanted = target ?? ClipRequest.defaultSize(for: size)
      (sourceSize, target) = (size, wanted)
      try checkMemory(request.frames == nil ? frames.count + 1 : range.count, wanted, path: url.path)
      frames.append(try converter.frame(of: picture, size: wanted))
    }
    try checkComplete(decoder, range, isOpen: request.frames == nil)
    return Clip(
      name: url.deletingPathExtension().lastPathComponent, frames: frames,
      frameRate: FrameRate(decoder.container.stream.pointee),
      sourceFrames: range.lowerBound..<range.lowerBound + frames.count, sourceSize: sourceSize)
  }

  /// Whether the decoder gave what was asked for: all of `range`; in an open request every frame that the file
  /// announces, up to the range's end.
  private static func checkComplete(_ decoder: VideoDecoder, _ range: Range<Int>, isOpen: Bool) throws {
    let (path, decoded) = (decoder.container.path, decoder.decodedCount)
    guard decoded > 0 else {
      throw MediaError.noFrames(path: path, detail: decoder.damage ?? "the video stream is empty")
    }
    guard decoded < range.upperBound else { return }
    if let damage = decoder.damage, let announced = decoder.announcedCount, announced > decoded {
      throw MediaError.damaged(path: path, decoded: decoded, announced: announced, detail: damage)
    }
    guard isOpen else { throw MediaError.framesOutOfRange(path: path, requested: range, available: decoded) }
  }

  private static func checkMemory(_ count: Int, _ size: PixelSize, path: String) throws {
    let limit = Limits.maximumFrames(of: size)
    guard count <= limit else { throw MediaError.tooManyFrames(path: path, size: size, limit: limit) }
  }

  // MARK: - Description

  private static func describe(_ decoder: VideoDecoder, name: String) throws -> ClipInfo {
    let path = decoder.container.path
    guard let picture = try decoder.next() else {
      throw MediaError.noFrames(path: path, detail: decoder.damage ?? "the video stream is empty")
    }
    let stream = decoder.container.stream.pointee
    let coding = ColourCoding(picture)
    let isRGB = UnpackedPicture.canRead(picture.format)
    let announced = decoder.announcedCount
    let counted = try countPackets(URL(fileURLWithPath: path))
    return ClipInfo(
      name: name, kind: .video, size: FrameConverter(decoder.container).displaySize(of: picture),
      codedSize: picture.size, frameCount: counted,
      isFrameCountExact: announced == counted || decoder.container.isStillImage,
      frameRate: FrameRate(stream), bitDepth: picture.bitDepth,
      codec: String(cString: avcodec_get_name(stream.codecpar.pointee.codec_id)),
      pixelFormat: av_get_pix_fmt_name(picture.format).map { String(cString: $0) } ?? "unknown",
      colourMatrix: isRGB ? "RGB" : coding.matrixName, isFullRange: isRGB || coding.isFullRange)
  }

  /// Reads through the file without decoding. Packets that only lead up to an edit, or are cut off, do not count.
  private static func countPackets(_ url: URL) throws -> Int {
    let container = try InputContainer(url)
    guard !container.isStillImage else { return 1 }
    let packet = try Packet()
    var count = 0
    while container.read(into: packet) >= 0 {
      if packet.av.pointee.flags & (AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_CORRUPT) == 0 { count += 1 }
    }
    return count
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

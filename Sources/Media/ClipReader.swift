import CFFmpeg
import Foundation

/// Reads clips from anything that FFmpeg reads and from folders of images.
public enum ClipReader {
  /// What is read of a source: the file itself, or the folder that holds its images, which may lie below the one named.
  /// - Throws: `MediaError`.
  public static func location(_ url: URL) throws -> URL {
    try InputFile.isFolder(url) ? ImageFolder(framesAt: url).url : url
  }

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

  /// The requested frames, all of them in memory; see `FrameReader`.
  ///
  /// - Throws: `MediaError` where the source is absent, unreadable, damaged within the range, has fewer frames, or more
  ///   than memory should hold.
  public static func read(_ url: URL, _ request: ClipRequest = ClipRequest()) throws -> Clip {
    let reader = try FrameReader(url, request)
    var frames: [Frame] = []
    while let frame = try reader.next() {
      let limit = Limits.maximumFrames(of: frame.size)
      guard max(reader.announcedCount ?? 0, frames.count + 1) <= limit else {
        throw MediaError.tooManyFrames(path: reader.path, size: frame.size, limit: limit)
      }
      frames.append(frame)
    }
    let first = request.frames?.lowerBound ?? 0
    return Clip(
      name: reader.name, frames: frames, frameRate: reader.frameRate, sourceFrames: first..<first + frames.count,
      sourceSize: reader.sourceSize)
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

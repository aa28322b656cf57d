import Foundation
import Media
import Testing

@Suite(.enabled(if: Tool.hasFFmpeg, "needs ffmpeg"))
struct LayerVideoWriterTests {
  private let rate = FrameRate(numerator: 30000, denominator: 1001)

  /// Smooth colours with a soft disc of opacity, 16 bits deep.
  private func frames(_ size: PixelSize) -> [DeepImage] {
    (0..<4).map { index in
      var image = DeepImage(size: size)
      for pixel in 0..<size.pixelCount {
        let (x, y) = (Double(pixel % size.width), Double(pixel / size.width))
        let away = ((x - 30 - Double(index)) * (x - 30) + (y - 20) * (y - 20)).squareRoot()
        let values = [
          x / Double(size.width), y / Double(size.height), 0.5 + 0.3 * sin(x / 9), min(1, max(0, (18 - away) / 8)),
        ]
        for channel in 0..<4 { image.pixels[4 * pixel + channel] = UInt16(values[channel] * 65535) }
      }
      return image
    }
  }

  private func write(_ frames: [DeepImage], to url: URL, _ encoding: LayerVideoEncoding) throws {
    let writer = try LayerVideoWriter(url: url, size: frames[0].size, frameRate: rate, encoding: encoding)
    for frame in frames { try writer.append(frame) }
    try writer.finish()
  }

  /// What the ffmpeg command decodes, as 16-bit RGBA.
  private func decoded(_ url: URL, _ options: String = "") throws -> [UInt16] {
    let choice = options.split(separator: " ").map(String.init)
    let raw = try Tool.run(
      "ffmpeg",
      ["-loglevel", "error"] + choice + ["-i", url.path]
        + ["-vf", "scale=in_color_matrix=bt709:flags=accurate_rnd+full_chroma_int", "-pix_fmt", "rgba64le"]
        + ["-f", "rawvideo", "-"])
    return raw.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) }
  }

  @Test(arguments: [PixelSize(width: 64, height: 48), PixelSize(width: 51, height: 33)])
  func losslessKindsAreExact(size: PixelSize) throws {
    let folder = try TemporaryFolder()
    let frames = frames(size)
    let deep = frames.flatMap(\.pixels)
    let eight = deep.map { UInt16((UInt32($0) + 128) / 257) * 257 }
    try write(frames, to: folder("deep.mkv"), .ffv1Deep)
    #expect(try decoded(folder("deep.mkv")) == deep)
    try write(frames, to: folder("eight.mkv"), .ffv1)
    let raw = try Tool.ffmpeg("-pix_fmt rgba -f rawvideo -", input: folder("eight.mkv"))
    #expect(raw.map { UInt16($0) * 257 } == eight)
    for (encoding, expected) in [(LayerVideoEncoding.pngSequence, eight), (.pngSequenceDeep, deep)] {
      try write(frames, to: folder("frames"), encoding)
      let read = try (0..<4).flatMap { try ImageFile.readDeep(folder("frames/0000\($0).png")).pixels }
      #expect(read == expected)
    }
  }

  @Test(arguments: [
    (LayerVideoEncoding.proRes4444, "a.mov", "", 8), (.vp9, "a.webm", "-c:v libvpx-vp9", 12),
  ])
  func lossyKindsAreClose(_ encoding: LayerVideoEncoding, name: String, decoder: String, limit: Int) throws {
    let folder = try TemporaryFolder()
    let frames = frames(PixelSize(width: 64, height: 48))
    try write(frames, to: folder(name), encoding)
    let read = try decoded(folder(name), decoder)
    let written = frames.flatMap(\.pixels)
    try #require(read.count == written.count)
    var (colour, alpha) = (0, 0)
    for index in written.indices {
      let difference = abs(Int(read[index]) - Int(written[index])) / 257
      if index % 4 == 3 { alpha = max(alpha, difference) } else { colour = max(colour, difference) }
    }
    #expect(colour <= limit, "colour off by \(colour) of 255")
    #expect(alpha <= limit, "alpha off by \(alpha) of 255")
  }

  @Test func theTagsAreRight() throws {
    let folder = try TemporaryFolder()
    let frames = frames(PixelSize(width: 64, height: 48))
    func tags(_ url: URL) throws -> String {
      let entries =
        "stream=codec_name,profile,pix_fmt,color_range,color_space,color_transfer,color_primaries,r_frame_rate"
      let raw = try Tool.run(
        "ffprobe",
        ["-loglevel", "error", "-show_entries", entries + ":stream_tags=alpha_mode", "-of", "compact=p=0", url.path])
      return String(decoding: raw, as: UTF8.self)
    }
    try write(frames, to: folder("a.mov"), .proRes4444)
    let proRes = try tags(folder("a.mov"))
    for part in [
      "codec_name=prores", "profile=4444", "pix_fmt=yuva444p", "color_range=tv", "color_space=bt709",
      "color_transfer=bt709", "color_primaries=bt709", "r_frame_rate=30000/1001",
    ] { #expect(proRes.contains(part), "\(part) in \(proRes)") }
    try write(frames, to: folder("a.webm"), .vp9)
    let vp9 = try tags(folder("a.webm"))
    for part in ["codec_name=vp9", "color_space=bt709", "color_range=tv"] { #expect(vp9.contains(part), "\(vp9)") }
    #expect(vp9.lowercased().contains("alpha_mode=1"), "\(vp9)")
    try write(frames, to: folder("a.mkv"), .ffv1)
    #expect(try tags(folder("a.mkv")).contains("pix_fmt=bgra"))
  }

  @Test func nothingIsLeftOfACancelledVideo() throws {
    let folder = try TemporaryFolder()
    let size = PixelSize(width: 32, height: 32)
    for encoding in LayerVideoEncoding.allCases {
      let name = encoding.fileExtension.isEmpty ? "new" : "new.\(encoding.fileExtension)"
      let writer = try LayerVideoWriter(url: folder(name), size: size, frameRate: rate, encoding: encoding)
      try writer.append(DeepImage(size: size))
      writer.cancel()
      #expect(folder.contents.isEmpty)
      #expect(throws: MediaError.self) {
        _ = try LayerVideoWriter(
          url: folder("new.avi"), size: size, frameRate: rate,
          encoding: encoding.fileExtension.isEmpty ? .vp9 : encoding)
      }
    }
  }
}

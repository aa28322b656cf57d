import Foundation
import Media
import Testing

/// Known stored values, tagged in every way, against the standards' own formulas.
@Suite(.enabled(if: Tool.hasFFmpeg, "needs the ffmpeg command")) struct ColourTests {
  struct Standard: Sendable, CustomTestStringConvertible {
    var tag: String
    var name: String
    var kr: Double
    var kb: Double
    var height = 64
    var testDescription: String { "\(tag) \(name) \(height)" }
  }

  static let standards = [
    Standard(tag: "bt709", name: "BT.709", kr: 0.2126, kb: 0.0722),
    Standard(tag: "smpte170m", name: "BT.601", kr: 0.299, kb: 0.114),
    Standard(tag: "bt470bg", name: "BT.601", kr: 0.299, kb: 0.114),
    Standard(tag: "bt2020nc", name: "BT.2020", kr: 0.2627, kb: 0.0593),
    // Untagged: by the number of lines.
    Standard(tag: "", name: "BT.601", kr: 0.299, kb: 0.114),
    Standard(tag: "", name: "BT.709", kr: 0.2126, kb: 0.0722, height: 720),
  ]

  @Test(arguments: standards, [false, true])
  func matrixAndRange(standard: Standard, isFullRange: Bool) throws {
    let folder = try TemporaryFolder()
    for (index, yuv) in [[120, 90, 170], [200, 140, 110], [60, 150, 128], [16, 128, 128], [235, 128, 128]].enumerated()
    {
      let height = standard.height
      let raw = try folder.file("raw", RawVideo.solid(yuv, width: 64, height: height))
      let range = isFullRange ? "pc" : "tv"
      let file = folder("\(index).mkv")
      try Tool.ffmpeg(
        "-f rawvideo -pix_fmt yuv444p -s 64x\(height) -color_range \(range) -i", raw.path, "-c:v ffv1 -pix_fmt yuv444p",
        "-color_range \(range)", standard.tag.isEmpty ? "" : "-colorspace \(standard.tag)", output: file)
      let frame = try ClipReader.read(file, ClipRequest(size: PixelSize(width: 64, height: height))).frames[0]
      let expected = RawVideo.rgb(yuv, bits: 8, kr: standard.kr, kb: standard.kb, isFullRange: isFullRange)
      for (read, wanted) in zip(frame.rgb(20, 20), expected) { #expect(abs(read - wanted) <= 1.2, "\(yuv)") }
      let info = try ClipReader.probe(file)
      #expect(info.colourMatrix == standard.name)
      #expect(info.isFullRange == isFullRange)
    }
  }

  @Test func tenBitsAreKept() throws {
    let folder = try TemporaryFolder()
    let width = 256
    // A ramp of neighbouring 10-bit values, which 8 bits cannot tell apart.
    var data = Data()
    for plane in 0..<3 {
      for index in 0..<width * 16 {
        let value = plane == 0 ? 300 + index % width : 512
        data.append(contentsOf: [UInt8(value & 255), UInt8(value >> 8)])
      }
    }
    let raw = try folder.file("raw", data)
    try Tool.ffmpeg(
      "-f rawvideo -pix_fmt yuv444p10le -s 256x16 -i", raw.path,
      "-c:v ffv1 -pix_fmt yuv444p10le -color_range tv -colorspace bt709", output: folder("a.mkv"))
    let frame = try ClipReader.read(folder("a.mkv")).frames[0]
    for x in 0..<width {
      let expected = RawVideo.rgb([300 + x, 512, 512], bits: 10, kr: 0.2126, kb: 0.0722, isFullRange: false)
      for (read, wanted) in zip(frame.rgb(x, 8), expected) { #expect(abs(read - wanted) < 0.06, "column \(x)") }
    }
    let info = try ClipReader.probe(folder("a.mkv"))
    #expect(info.bitDepth == 10 && info.pixelFormat == "yuv444p10le")
  }

  @Test func tenBitRGBIsExact() throws {
    let folder = try TemporaryFolder()
    let raw = try folder.file("raw", RawVideo.solid([513, 2, 1023], width: 16, height: 16, bytesPerSample: 2))
    try Tool.ffmpeg(
      "-f rawvideo -pix_fmt gbrp10le -s 16x16 -i", raw.path, "-c:v ffv1 -pix_fmt gbrp10le", output: folder("a.mkv"))
    let frame = try ClipReader.read(folder("a.mkv")).frames[0]
    // Planes are stored G, B, R.
    #expect(frame.pixels[0] == 65535)
    #expect(frame.pixels[1] == UInt16((513 * 65535.0 / 1023).rounded()))
    #expect(frame.pixels[2] == UInt16((2 * 65535.0 / 1023).rounded()))
  }

  @Test func chromaLiesWhereItsTagSays() throws {
    // A vertical edge of colour in 4:2:0: with the chroma sample on the left luma column of each pair, an odd column
    // is the mean of its neighbours; with the sample between the columns it is nearer to one of them.
    let folder = try TemporaryFolder()
    var data = Data(repeating: 128, count: 32 * 16)
    for _ in 0..<2 { for index in 0..<16 * 8 { data.append(index % 16 < 8 ? 128 : 168) } }
    let raw = try folder.file("raw", data)
    for (tag, expected) in [("left", 0.5), ("center", 0.25)] {
      try Tool.ffmpeg(
        "-f rawvideo -pix_fmt yuv420p -s 32x16 -i", raw.path, "-c:v ffv1 -color_range tv -colorspace bt709",
        "-chroma_sample_location \(tag)", output: folder("\(tag).mkv"))
      let frame = try ClipReader.read(folder("\(tag).mkv")).frames[0]
      let (low, middle, high) = (frame.rgb(4, 8)[0], frame.rgb(15, 8)[0], frame.rgb(28, 8)[0])
      #expect(abs((middle - low) / (high - low) - expected) < 0.05, "\(tag)")
    }
  }
}

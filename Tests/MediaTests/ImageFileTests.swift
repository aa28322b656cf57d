import Foundation
import Media
import Testing

@Suite struct ImageFileTests {
  let size = PixelSize(width: 37, height: 23)

  @Test func frameComesBackExactly() throws {
    let folder = try TemporaryFolder()
    let frame = Pattern.frame(size)
    try ImageFile.write(frame, to: folder("a.png"))
    #expect(try ImageFile.readFrame(folder("a.png")) == frame)
    #expect(folder.contents == ["a.png"])
  }

  @Test func opacityIsStraightAndComesBackExactly() throws {
    let folder = try TemporaryFolder()
    let image = RGBAImage(size: size, pixels: (0..<size.pixelCount * 4).map { UInt8(($0 * 31) & 255) })
    try ImageFile.write(image, to: folder("a.png"))
    #expect(try ImageFile.readRGBA(folder("a.png")) == image)
  }

  @Test func imageWithoutAlphaIsOpaque() throws {
    let folder = try TemporaryFolder()
    try ImageFile.write(Pattern.solid(size, red: 10, green: 20, blue: 30), to: folder("a.png"))
    let image = try ImageFile.readRGBA(folder("a.png"))
    #expect(Array(image.pixels.prefix(4)) == [10, 20, 30, 255])
  }

  @Test(.enabled(if: Tool.hasFFmpeg, "needs the ffmpeg command"))
  func sixteenBitsAreKept() throws {
    let folder = try TemporaryFolder()
    // A PNG of 16-bit RGB as ffmpeg writes it, from raw values.
    let values: [UInt16] = [0, 1, 2, 257, 258, 65535, 40000, 12345, 54321, 4, 5, 6]
    let raw = try folder.file("raw", values.withUnsafeBytes { Data($0) })
    try Tool.ffmpeg("-f rawvideo -pix_fmt rgb48le -s 2x2 -i", raw.path, output: folder("deep.png"))
    #expect(try ImageFile.readFrame(folder("deep.png")).pixels == values)
  }

  @Test func damagedFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    try ImageFile.write(Pattern.frame(PixelSize(width: 200, height: 200)), to: folder("whole.png"))
    let whole = try Data(contentsOf: folder("whole.png"))
    for (name, data) in [
      ("empty.png", Data()), ("text.png", Data("not an image at all".utf8)),
      ("half.png", whole.prefix(whole.count / 2)),
      ("header.png", whole.prefix(30)),
    ] {
      let file = try folder.file(name, data)
      let error = #expect(throws: MediaError.self, "\(name)") { try ImageFile.readRGBA(file) }
      #expect(error?.category == .badData)
      #expect(error?.description.contains(name) == true)
    }
    #expect(throws: MediaError.notFound(path: folder("none.png").path)) { try ImageFile.readRGBA(folder("none.png")) }
  }

  @Test func unwritablePlacesAreRefused() throws {
    let folder = try TemporaryFolder()
    let image = RGBAImage(size: size)
    let absent = #expect(throws: MediaError.self) { try ImageFile.write(image, to: folder("no/such/a.png")) }
    #expect(absent?.category == .outputUnwritable)
    let isFolder = #expect(throws: MediaError.self) { try ImageFile.write(image, to: folder.url) }
    #expect(isFolder?.category == .outputUnwritable)
    #expect(folder.contents.isEmpty)
  }
}

import Foundation
import Media
import Testing

@Suite struct DeepImageTests {
  @Test func everyBitComesBack() throws {
    let folder = try TemporaryFolder()
    var image = DeepImage(size: PixelSize(width: 31, height: 17))
    for index in image.pixels.indices { image.pixels[index] = UInt16(truncatingIfNeeded: index &* 7919) }
    try ImageFile.write(image, to: folder("a.png"))
    #expect(try ImageFile.readDeep(folder("a.png")) == image)
    #expect(try ImageFile.readRGBA(folder("a.png")) == image.eightBits)
  }

  @Test(.enabled(if: Tool.hasFFmpeg, "needs ffmpeg"))
  func ffmpegReadsTheSame() throws {
    let folder = try TemporaryFolder()
    let image = DeepImage(size: PixelSize(width: 2, height: 1), pixels: [1, 258, 65535, 4660, 0, 40000, 3, 65535])
    try ImageFile.write(image, to: folder("a.png"))
    let raw = try Tool.ffmpeg("-pix_fmt rgba64le -f rawvideo -", input: folder("a.png"))
    #expect(raw.withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) } == image.pixels)
  }

  @Test func aPNGInMemoryComesBack() throws {
    let image = RGBAImage(size: PixelSize(width: 3, height: 1), pixels: (0..<12).map { UInt8($0 * 20) })
    let data = try ImageFile.png(image)
    #expect(ImageFile.sizeOfPNG(data) == image.size)
    #expect(try ImageFile.readRGBA(png: data, name: "it") == image)
    #expect(throws: MediaError.unreadable(path: "it", detail: "it is no PNG picture")) {
      try ImageFile.readRGBA(png: Data("GIF89a".utf8), name: "it")
    }
  }
}

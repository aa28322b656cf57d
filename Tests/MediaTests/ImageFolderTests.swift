import Foundation
import Media
import Testing

@Suite struct ImageFolderTests {
  let size = PixelSize(width: 16, height: 12)

  private func fill(_ folder: URL, _ names: [String]) throws {
    for (seed, name) in names.enumerated() {
      try ImageFile.write(Pattern.frame(size, seed: seed), to: folder.appendingPathComponent(name))
    }
  }

  @Test func naturalOrder() throws {
    let folder = try TemporaryFolder()
    let frames = try folder.folder("clip")
    try fill(frames, ["frame1.png", "frame2.png", "frame9.png", "frame10.png", "frame100.png"])
    _ = try folder.file("clip/notes.txt", Data("x".utf8))
    _ = try folder.file("clip/.hidden.png", Data("x".utf8))
    let clip = try ClipReader.read(frames)
    #expect(clip.frames == (0..<5).map { Pattern.frame(size, seed: $0) })
    #expect(clip.name == "clip" && clip.frameRate == FrameRate(numerator: 25, denominator: 1))
    let info = try ClipReader.probe(frames)
    #expect(info.frameCount == 5 && info.isFrameCountExact && info.kind == .images && info.size == size)
    #expect(throws: MediaError.framesOutOfRange(path: frames.path, requested: 3..<6, available: 5)) {
      try ClipReader.read(frames, ClipRequest(frames: 3..<6))
    }
  }

  @Test(arguments: ["bear/frames", "bear/video_frames", "bear/JPEGImages/480p/bear"])
  func layoutsAreFound(layout: String) throws {
    let folder = try TemporaryFolder()
    let frames = try folder.folder(layout)
    _ = try folder.folder("bear/masks")
    try fill(frames, ["00000.png", "00001.png"])
    for start in ["bear", layout] {
      let clip = try ClipReader.read(folder(start))
      #expect(clip.frames.count == 2 && clip.name == "bear", "\(start)")
    }
  }

  @Test func foldersWithoutImagesSayWhatTheyHold() throws {
    let folder = try TemporaryFolder()
    _ = try folder.folder("clip10")
    _ = try folder.folder("clip2")
    #expect(throws: MediaError.noImages(path: folder.url.path, folders: ["clip2", "clip10"])) {
      try ClipReader.read(folder.url)
    }
    #expect(throws: MediaError.noImages(path: folder("clip2").path, folders: [])) {
      try ClipReader.probe(folder("clip2"))
    }
  }

  @Test func otherSizesAndDamagedImagesAreNamed() throws {
    let folder = try TemporaryFolder()
    try fill(folder.url, ["0.png", "1.png"])
    let other = PixelSize(width: 12, height: 12)
    try ImageFile.write(Pattern.frame(other), to: folder("2.png"))
    #expect(throws: MediaError.mixedSizes(path: folder("2.png").path, size: other, expected: size)) {
      try ClipReader.read(folder.url)
    }
    _ = try folder.file("2.png", Data("PNG".utf8))
    let error = #expect(throws: MediaError.self) { try ClipReader.read(folder.url) }
    #expect(error?.description.contains("2.png") == true)
    #expect(try ClipReader.read(folder.url, ClipRequest(frames: 0..<2)).frames.count == 2)
  }

  @Test(.enabled(if: Tool.hasFFmpeg, "needs the ffmpeg command"))
  func otherFormats() throws {
    let folder = try TemporaryFolder()
    try ImageFile.write(Pattern.frame(size), to: folder("a.png"))
    for name in ["a.bmp", "a.tif", "a.ppm", "a.tga", "100%03d.tga"] {
      try Tool.ffmpeg("-update 1", input: folder("a.png"), output: folder(name))
      #expect(try ImageFile.readFrame(folder(name)) == Pattern.frame(size), "\(name)")
    }
  }

  @Test(.enabled(if: Tool.hasFFmpeg, "needs the ffmpeg command"))
  func photographs() throws {
    let folder = try TemporaryFolder()
    try ImageFile.write(Pattern.solid(size, red: 200, green: 60, blue: 90), to: folder("a.png"))
    try Tool.ffmpeg("-q:v 1", input: folder("a.png"), output: folder("a.jpg"))
    // JPEG is BT.601, full range.
    let frame = try ImageFile.readFrame(folder("a.jpg"))
    #expect(largestDifference(frame, Pattern.solid(size, red: 200, green: 60, blue: 90)) <= 3)
    let whole = try Data(contentsOf: folder("a.jpg"))
    for length in [whole.count / 2, whole.count - 10, whole.count - 2] {
      let part = try folder.file("part.jpg", whole.prefix(length))
      #expect(throws: MediaError.self, "\(length) of \(whole.count)") { try ImageFile.readFrame(part) }
    }
    // The same with the orientation a telephone held upright writes: the stored picture is shown turned by 90 degrees.
    var turned = whole.prefix(2)
    let exif: [UInt8] = [
      0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0,
      1, 0,
      6, 0, 0, 0, 0, 0, 0,
    ]
    turned.append(contentsOf: exif)
    turned.append(whole.dropFirst(2))
    let file = try folder.file("turned.jpg", turned)
    #expect(try ImageFile.readFrame(file).size == PixelSize(width: 12, height: 16))
  }
}

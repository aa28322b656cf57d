import Foundation
import Media
import Testing

@Suite struct VideoWriterTests {
  let rate = FrameRate(numerator: 24000, denominator: 1001)

  private func write(_ frames: [Frame], to url: URL, _ encoding: VideoEncoding) throws {
    let writer = try VideoWriter(url: url, size: frames[0].size, frameRate: rate, encoding: encoding)
    for frame in frames { try writer.append(frame) }
    try writer.finish()
  }

  @Test(arguments: [PixelSize(width: 64, height: 48), PixelSize(width: 51, height: 33)])
  func losslessComesBackExactly(size: PixelSize) throws {
    let folder = try TemporaryFolder()
    let frames = (0..<5).map { Pattern.frame(size, seed: $0) }
    for name in ["a.mp4", "a.mkv"] {
      try write(frames, to: folder(name), .h264Lossless)
      let clip = try ClipReader.read(folder(name), ClipRequest(size: size))
      #expect(clip.frames == frames)
      #expect(clip.sourceFrames == 0..<5)
      #expect(abs(clip.frameRate.framesPerSecond - rate.framesPerSecond) < 0.01)
    }
    #expect(folder.contents == ["a.mkv", "a.mp4"])
  }

  @Test(arguments: [PixelSize(width: 64, height: 48), PixelSize(width: 51, height: 33)])
  func lossyKeepsColours(size: PixelSize) throws {
    let folder = try TemporaryFolder()
    let colours: [(UInt8, UInt8, UInt8)] = [
      (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (90, 160, 30),
    ]
    let frames = colours.map { Pattern.solid(size, red: $0, green: $1, blue: $2) }
    try write(frames, to: folder("a.mp4"), .h264)
    let clip = try ClipReader.read(folder("a.mp4"), ClipRequest(size: size))
    #expect(clip.frames.count == frames.count)
    for (written, read) in zip(frames, clip.frames) { #expect(largestDifference(written, read) <= 3) }
    let info = try ClipReader.probe(folder("a.mp4"))
    #expect(info.colourMatrix == "BT.709" && !info.isFullRange && info.size == size)
    #expect(info.frameCount == frames.count && info.isFrameCountExact)
  }

  @Test func theIndexComesFirst() throws {
    let folder = try TemporaryFolder()
    try write([Pattern.frame(PixelSize(width: 32, height: 32))], to: folder("a.mp4"), .h264)
    let data = try Data(contentsOf: folder("a.mp4"))
    let index = try #require(data.range(of: Data("moov".utf8)))
    let samples = try #require(data.range(of: Data("mdat".utf8)))
    #expect(index.lowerBound < samples.lowerBound)
  }

  @Test func sequenceComesBackExactly() throws {
    let folder = try TemporaryFolder()
    let frames = (0..<12).map { Pattern.frame(PixelSize(width: 20, height: 10), seed: $0) }
    let target = URL(fileURLWithPath: folder("frames").path + "/")
    try write(frames, to: target, .h264)
    #expect(folder.contents == ["frames"])
    #expect(FileManager.default.fileExists(atPath: folder("frames/00011.png").path))
    #expect(try ClipReader.read(folder("frames")).frames == frames)
    try write(Array(frames.prefix(3)), to: target, .pngSequence)
    #expect(try ClipReader.read(folder("frames")).frames.count == 3)
  }

  /// A folder that is there is filled, not replaced: it may be a mount point.
  @Test func aFolderThatIsThereStaysTheSame() throws {
    let folder = try TemporaryFolder()
    let real = try folder.folder("real")
    try FileManager.default.createSymbolicLink(at: folder("link"), withDestinationURL: real)
    func number() throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: real.path)[.systemFileNumber] as? Int
    }
    let before = try number()
    let frames = (0..<3).map { Pattern.frame(PixelSize(width: 20, height: 10), seed: $0) }
    for count in [3, 2] {
      try write(Array(frames.prefix(count)), to: folder("link"), .pngSequence)
      #expect(try number() == before && before != nil)
      #expect(try ClipReader.read(real).frames == Array(frames.prefix(count)))
      #expect(try FileManager.default.contentsOfDirectory(atPath: real.path).count == count, "nothing hidden is left")
    }
    // What a process left that was killed goes; what a volume has at its root stays.
    _ = try folder.folder("real/.hypernvd.tmp.999999999.old")
    _ = try folder.folder("real/.hypernvd.tmp.1.running")
    _ = try folder.folder("real/lost+found")
    try write(Array(frames.prefix(2)), to: real, .pngSequence)
    for name in [".hypernvd.tmp.1.running", "lost+found"] {
      #expect(FileManager.default.fileExists(atPath: folder("real/\(name)").path))
      try FileManager.default.removeItem(at: folder("real/\(name)"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: real.path).count == 2)
    let writer = try VideoWriter(
      url: real, size: PixelSize(width: 20, height: 10), frameRate: rate, encoding: .pngSequence)
    try writer.append(frames[2])
    writer.cancel()
    #expect(try ClipReader.read(real).frames == Array(frames.prefix(2)))
    #expect(try FileManager.default.contentsOfDirectory(atPath: real.path).count == 2)
  }

  @Test func foldersWithOtherFilesStay() throws {
    let folder = try TemporaryFolder()
    _ = try folder.folder("mine")
    _ = try folder.file("mine/notes.txt", Data("precious".utf8))
    let error = #expect(throws: MediaError.self) {
      try write([Pattern.frame(PixelSize(width: 8, height: 8))], to: folder("mine"), .pngSequence)
    }
    #expect(error?.category == .outputUnwritable)
    #expect(FileManager.default.fileExists(atPath: folder("mine/notes.txt").path))
  }

  @Test func nothingIsLeftOfACancelledVideo() throws {
    let folder = try TemporaryFolder()
    let size = PixelSize(width: 32, height: 32)
    _ = try folder.file("old.mp4", Data("old".utf8))
    for encoding in VideoEncoding.allCases {
      let name = encoding == .pngSequence ? "new" : "old.mp4"
      let writer = try VideoWriter(url: folder(name), size: size, frameRate: rate, encoding: encoding)
      try writer.append(Pattern.frame(size))
      writer.cancel()
      #expect(folder.contents == ["old.mp4"])
      _ = try VideoWriter(url: folder(name), size: size, frameRate: rate, encoding: encoding)
      #expect(folder.contents == ["old.mp4"], "dropped without a word")
    }
    #expect(try Data(contentsOf: folder("old.mp4")) == Data("old".utf8))
  }

  @Test func badOutputsAreRefused() throws {
    let folder = try TemporaryFolder()
    let size = PixelSize(width: 32, height: 32)
    for name in ["a.txt", "no/such/a.mp4", "/dev/full/a.mp4"] {
      let url = name.hasPrefix("/") ? URL(fileURLWithPath: name) : folder(name)
      let error = #expect(throws: MediaError.self) {
        _ = try VideoWriter(url: url, size: size, frameRate: rate, encoding: .h264)
      }
      #expect(error?.category == .outputUnwritable, "\(name)")
    }
    #expect(throws: MediaError.badSize(PixelSize(width: 0, height: 4))) {
      _ = try VideoWriter(url: folder("a.mp4"), size: PixelSize(width: 0, height: 4), frameRate: rate, encoding: .h264)
    }
    let writer = try VideoWriter(url: folder("a.mp4"), size: size, frameRate: rate, encoding: .h264)
    let other = PixelSize(width: 16, height: 32)
    #expect(throws: MediaError.wrongFrameSize(size: other, expected: size)) { try writer.append(Pattern.frame(other)) }
    let empty = #expect(throws: MediaError.self) { try writer.finish() }
    #expect(empty?.category == .outputUnwritable)
    #expect(folder.contents.isEmpty)
  }
}

import Foundation
import Media
import Testing

@Suite(.enabled(if: Tool.hasFFmpeg, "needs the ffmpeg command")) struct ClipReaderTests {
  static let size = PixelSize(width: 48, height: 32)

  /// A lossless RGB video of `count` different frames.
  static func video(_ folder: TemporaryFolder, _ name: String, count: Int, size: PixelSize = size) throws -> URL {
    let rate = FrameRate(numerator: 25, denominator: 1)
    let writer = try VideoWriter(url: folder(name), size: size, frameRate: rate, encoding: .h264Lossless)
    for seed in 0..<count { try writer.append(Pattern.frame(size, seed: seed)) }
    try writer.finish()
    return folder(name)
  }

  // MARK: - Ranges

  @Test func rangesAreExact() throws {
    let folder = try TemporaryFolder()
    let file = try Self.video(folder, "a.mp4", count: 20)
    let part = try ClipReader.read(file, ClipRequest(frames: 7..<11))
    #expect(part.frames == (7..<11).map { Pattern.frame(Self.size, seed: $0) })
    #expect(part.sourceFrames == 7..<11 && part.name == "a")
    #expect(try ClipReader.read(file, ClipRequest(maximumFrames: 4)).sourceFrames == 0..<4)
    #expect(try ClipReader.read(file, ClipRequest(maximumFrames: 400)).sourceFrames == 0..<20)
    #expect(try ClipReader.read(file, ClipRequest(frames: 5..<15, maximumFrames: 2)).sourceFrames == 5..<7)
    for beyond in [15..<25, 20..<21, 100..<Int.max] {
      #expect(throws: MediaError.framesOutOfRange(path: file.path, requested: beyond, available: 20)) {
        try ClipReader.read(file, ClipRequest(frames: beyond))
      }
    }
    for empty in [3..<3, -2..<4] {
      #expect(throws: MediaError.self) { try ClipReader.read(file, ClipRequest(frames: empty)) }
    }
  }

  /// Frame by frame: what is read is what `read` gives, and what is damaged later does not matter yet.
  @Test func framesComeOneByOne() throws {
    let folder = try TemporaryFolder()
    let file = try Self.video(folder, "a.mp4", count: 6)
    let reader = try FrameReader(file, ClipRequest(frames: 2..<5))
    for seed in 2..<5 { #expect(try reader.next() == Pattern.frame(Self.size, seed: seed)) }
    #expect(try reader.next() == nil && reader.name == "a")
    let images = folder("images")
    try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    for seed in 0..<3 {
      try ImageFile.write(Pattern.frame(Self.size, seed: seed), to: images.appendingPathComponent("\(seed).png"))
    }
    try Data("damaged".utf8).write(to: images.appendingPathComponent("2.png"))
    let pictures = try FrameReader(images)
    for seed in 0..<2 { #expect(try pictures.next() == Pattern.frame(Self.size, seed: seed)) }
    #expect(throws: MediaError.self) { try pictures.next() }
    #expect(throws: MediaError.self) { try ClipReader.read(images) }
  }

  // MARK: - Geometry

  @Test(arguments: [90, 180, 270])
  func rotationIsApplied(degrees: Int) throws {
    let folder = try TemporaryFolder()
    let file = try Self.video(folder, "a.mp4", count: 3)
    let turned = folder("turned.mp4")
    try Tool.ffmpeg("-c copy -metadata:s:v rotate=\(degrees)", input: file, output: turned)
    let clip = try ClipReader.read(turned)
    let shown = degrees == 180 ? Self.size : PixelSize(width: Self.size.height, height: Self.size.width)
    #expect(clip.size == shown)
    // The ffmpeg command turns by itself.
    let reference = [UInt8](try Tool.ffmpeg("-f rawvideo -pix_fmt rgb24 -frames:v 1 -", input: turned))
    #expect(clip.frames[0].pixels == reference.map { UInt16($0) * 257 })
    #expect(try ClipReader.probe(turned).size == shown)
  }

  @Test func pixelShapeIsApplied() throws {
    let folder = try TemporaryFolder()
    let file = try Self.video(folder, "a.mp4", count: 2)
    try Tool.ffmpeg("-vf setsar=2/1 -c:v libx264 -qp 0", input: file, output: folder("wide.mp4"))
    try Tool.ffmpeg("-vf setsar=1/2 -c:v libx264 -qp 0", input: file, output: folder("narrow.mp4"))
    #expect(try ClipReader.read(folder("wide.mp4")).size == PixelSize(width: 96, height: 32))
    #expect(try ClipReader.read(folder("narrow.mp4")).size == PixelSize(width: 24, height: 32))
    try Tool.ffmpeg("-c copy -metadata:s:v rotate=90", input: folder("wide.mp4"), output: folder("both.mp4"))
    #expect(try ClipReader.read(folder("both.mp4")).size == PixelSize(width: 32, height: 96))
  }

  @Test func defaultSizes() {
    for (source, expected) in [
      ((1920, 1080), (768, 432)), ((854, 480), (768, 432)), ((768, 432), (768, 432)), ((1080, 1920), (432, 768)),
      ((101, 75), (100, 74)), ((1, 1), (2, 2)), ((4000, 10), (768, 2)),
    ] {
      let size = ClipRequest.defaultSize(for: PixelSize(width: source.0, height: source.1))
      #expect(size == PixelSize(width: expected.0, height: expected.1), "\(source)")
    }
  }

  // MARK: - Time

  @Test func variableRateGivesEachFrameOnce() throws {
    let folder = try TemporaryFolder()
    let file = try Self.video(folder, "a.mp4", count: 10)
    for name in ["vfr.mkv", "vfr.mp4"] {
      try Tool.ffmpeg(
        "-vf setpts=N*N/25/TB -fps_mode passthrough -c:v libx264rgb -qp 0 -bf 2", input: file, output: folder(name))
      let clip = try ClipReader.read(folder(name))
      #expect(clip.frames == (0..<10).map { Pattern.frame(Self.size, seed: $0) }, "\(name)")
    }
    #expect(try ClipReader.read(folder("vfr.mp4")).frameRate.framesPerSecond < 10)
  }

  @Test func reorderedFramesComeInOrderOfPresentation() throws {
    let folder = try TemporaryFolder()
    let file = try Self.video(folder, "a.mp4", count: 30)
    for name in ["b.mp4", "b.mkv", "b.ts", "b.avi"] {
      try Tool.ffmpeg("-c:v libx264 -bf 3 -g 12 -pix_fmt yuv444p -qp 4", input: file, output: folder(name))
      let clip = try ClipReader.read(folder(name))
      #expect(clip.frames.count == 30, "\(name)")
      for (index, frame) in clip.frames.enumerated() {
        let expected = Pattern.frame(Self.size, seed: index).rgb(1, 1)
        #expect(zip(frame.rgb(1, 1), expected).allSatisfy { abs($0 - $1) < 6 }, "\(name) frame \(index)")
      }
      #expect(try ClipReader.probe(folder(name)).frameCount == 30, "\(name)")
    }
  }

  // MARK: - Unsuitable files

  @Test func filesWithoutUsableVideo() throws {
    let folder = try TemporaryFolder()
    let video = try Self.video(folder, "a.mp4", count: 20)
    let whole = try Data(contentsOf: video)
    try Tool.ffmpeg("-f lavfi -i sine=duration=0.2", output: folder("audio.wav"))
    try Tool.ffmpeg("-f lavfi -i sine=duration=0.2 -c:a aac", output: folder("audio.mp4"))
    let files = [
      try folder.file("empty.mp4", Data()), try folder.file("text.mp4", Data("no video\n".utf8)),
      try folder.file("header.mp4", whole.prefix(100)), try folder.file("zeros.mp4", Data(count: 100_000)),
      try folder.file("noise.avi", Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) })),
      folder("audio.wav"), folder("audio.mp4"), URL(fileURLWithPath: "/dev/null"),
    ]
    for file in files {
      for attempt in [{ _ = try ClipReader.read(file) }, { _ = try ClipReader.probe(file) }] {
        let error = #expect(throws: MediaError.self, "\(file.lastPathComponent)", performing: attempt)
        #expect(error?.category == .badData)
        #expect(error?.description.contains(file.path) == true)
      }
    }
    #expect(throws: MediaError.noVideo(path: folder("audio.wav").path)) { try ClipReader.read(folder("audio.wav")) }
    #expect(throws: MediaError.notFound(path: folder("none").path)) { try ClipReader.probe(folder("none")) }
  }

  @Test func truncatedVideoGivesWhatIsWholeOnDemandOnly() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: Self.video(folder, "a.mp4", count: 40))
    let cut = try folder.file("cut.mp4", whole.prefix(whole.count * 6 / 10))
    let error = #expect(throws: MediaError.self) { try ClipReader.read(cut) }
    guard case .damaged(_, let decoded, 40, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect((5..<40).contains(decoded))
    let clip = try ClipReader.read(cut, ClipRequest(frames: 0..<decoded))
    #expect(clip.frames == (0..<decoded).map { Pattern.frame(Self.size, seed: $0) })
    #expect(throws: MediaError.self) { try ClipReader.read(cut, ClipRequest(frames: 0..<decoded + 1)) }
  }

  @Test func hugePicturesAreRefusedUnread() throws {
    let folder = try TemporaryFolder()
    // A PNG header that announces 60000 x 60000 pixels, with a right checksum and nothing behind.
    var header = Data([0x89] + Array("PNG\r\n".utf8) + [0x1a, 0x0a, 0, 0, 0, 13])
    let chunk = Data(Array("IHDR".utf8) + [0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60, 8, 2, 0, 0, 0])
    header.append(chunk)
    withUnsafeBytes(of: crc32(chunk).bigEndian) { header.append(contentsOf: $0) }
    header.append(Data([0, 0, 1, 0] + Array("IDAT".utf8)) + Data(count: 256))
    let file = try folder.file("huge.png", header)
    #expect(throws: MediaError.self) { try ImageFile.readFrame(file) }
    #expect(throws: MediaError.self) { try ClipReader.read(file) }
    let video = try Self.video(folder, "a.mp4", count: 2)
    let size = PixelSize(width: 90_000, height: 90_000)
    #expect(throws: MediaError.badSize(size)) { try ClipReader.read(video, ClipRequest(size: size)) }
    #expect(throws: MediaError.self) {
      try ClipReader.read(video, ClipRequest(frames: 0..<1_000_000, size: PixelSize(width: 8000, height: 8000)))
    }
  }

  /// The checksum of PNG chunks.
  private func crc32(_ data: Data) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in data {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

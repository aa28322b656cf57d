import Foundation
import Media
import Testing

@Suite struct MaskReaderTests {
  let size = PixelSize(width: 24, height: 16)

  private func fill(_ folder: URL, _ frames: some Sequence<Int>, step: Int = 1) throws {
    for frame in frames {
      let digits = String(frame)
      let name = String(repeating: "0", count: 5 - digits.count) + digits + ".png"
      try ImageFile.write(Pattern.mask(size, from: 2 + frame * step), to: folder.appendingPathComponent(name))
    }
  }

  @Test func greyscaleFolder() throws {
    let folder = try TemporaryFolder()
    try fill(folder.url, 0..<6)
    let objects = try MaskReader.read(folder.url, size: size, frames: 2..<5)
    #expect(objects.map(\.name) == ["foreground"])
    #expect(objects[0].masks == (2..<5).map { Pattern.mask(size, from: 2 + $0) })
    let double = try MaskReader.read(folder.url, size: PixelSize(width: 48, height: 32), frames: 0..<1)
    #expect(double[0].masks[0] == Pattern.mask(PixelSize(width: 48, height: 32), from: 4))
  }

  @Test func missingFramesAreNamed() throws {
    let folder = try TemporaryFolder()
    try fill(folder.url, [0, 1, 2, 4, 5, 6, 9])
    #expect(
      throws: MediaError.missingMasks(path: folder.url.path, object: nil, frames: [3, 7, 8, 10, 11], available: 7)
    ) {
      try MaskReader.read(folder.url, size: size, frames: 0..<12)
    }
    #expect(try MaskReader.read(folder.url, size: size, frames: 4..<7)[0].masks[0] == Pattern.mask(size, from: 6))
    let error = MediaError.missingMasks(path: "m", object: "dog", frames: [3, 7, 8, 10, 11], available: 7)
    #expect(
      error.description
        == "the masks of dog in m are missing for frames 3, 7-8, 10-11 (7 masks there; the first belongs to frame 0 of the source)"
    )
  }

  @Test func numbersMayStartAtOne() throws {
    let folder = try TemporaryFolder()
    try fill(folder.url, 1..<5)
    #expect(try MaskReader.read(folder.url, size: size, frames: 0..<1)[0].masks[0] == Pattern.mask(size, from: 3))
  }

  /// As `hypernvd mask` writes them for a part of a clip.
  @Test func numbersMayBeThoseOfTheFrames() throws {
    let folder = try TemporaryFolder()
    try fill(folder.url, 5..<8)
    #expect(try MaskReader.read(folder.url, size: size, frames: 6..<8)[0].masks[0] == Pattern.mask(size, from: 8))
    #expect(try MaskReader.read(folder.url, size: size, frames: 0..<2)[0].masks[0] == Pattern.mask(size, from: 7))
    try fill(folder.url, 8..<15)
    let error = #expect(throws: MediaError.self) { try MaskReader.read(folder.url, size: size, frames: 6..<8) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("may be number 6 or 11"))
  }

  @Test func theMasksBesideTheFramesAreFound() throws {
    let folder = try TemporaryFolder()
    try fill(folder.folder("bear/frames"), 0..<2)
    try fill(folder.folder("bear/masks/cub"), 0..<2)
    try fill(folder.folder("bear/masks/mother"), 0..<2, step: 3)
    let objects = try MaskReader.read(folder("bear"), size: size, frames: 0..<2)
    #expect(objects.map(\.name) == ["cub", "mother"])
  }

  @Test func aFolderAnObject() throws {
    let folder = try TemporaryFolder()
    try fill(folder.folder("rider"), 0..<3)
    try fill(folder.folder("horse"), 0..<3, step: 2)
    let objects = try MaskReader.read(folder.url, size: size, frames: 0..<3)
    #expect(objects.map(\.name) == ["horse", "rider"])
    #expect(objects[0].masks[2] == Pattern.mask(size, from: 6) && objects[1].masks[2] == Pattern.mask(size, from: 4))
    try FileManager.default.removeItem(at: folder("horse/00001.png"))
    #expect(throws: MediaError.missingMasks(path: folder("horse").path, object: "horse", frames: [1], available: 2)) {
      try MaskReader.read(folder.url, size: size, frames: 0..<3)
    }
    try FileManager.default.removeItem(at: folder("horse"))
    #expect(try MaskReader.read(folder.url, size: size, frames: 0..<3).map(\.name) == ["foreground"])
    try fill(folder.folder("background"), 0..<3)
    #expect(throws: MediaError.self) { try MaskReader.read(folder.url, size: size, frames: 0..<3) }
  }

  /// A PNG with a palette, compressed by Python's zlib: `rows` are indices.
  private func palettePNG(_ rows: [[UInt8]], colours: [[Int]], to url: URL) throws {
    let script = """
      import struct, sys, zlib, json
      rows, colours = json.loads(sys.argv[2]), json.loads(sys.argv[3])
      def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))
      body = b''.join(b'\\0' + bytes(row) for row in rows)
      open(sys.argv[1], 'wb').write(b'\\x89PNG\\r\\n\\x1a\\n'
        + chunk(b'IHDR', struct.pack('>IIBBBBB', len(rows[0]), len(rows), 8, 3, 0, 0, 0))
        + chunk(b'PLTE', bytes(sum(colours, []))) + chunk(b'IDAT', zlib.compress(body)) + chunk(b'IEND', b''))
      """
    try Tool.run("python3", ["-c", script, url.path, "\(rows)", "\(colours)"])
  }

  @Test(.enabled(if: Tool.hasNumPy, "needs Python"))
  func eachIndexOfAPaletteIsAnObject() throws {
    let folder = try TemporaryFolder()
    // The second colour is dark: what counts is the index.
    let colours = [[0, 0, 0], [30, 0, 0], [0, 128, 0], [128, 128, 128], [255, 255, 255]]
    let small = PixelSize(width: 4, height: 1)
    try palettePNG([[0, 1, 1, 4]], colours: colours, to: folder("0.png"))
    try palettePNG([[0, 0, 1, 2]], colours: colours, to: folder("1.png"))
    let objects = try MaskReader.read(folder.url, size: small, frames: 0..<2)
    #expect(objects.map(\.name) == ["object1", "object2", "object4"])
    #expect(objects[0].masks.map(\.values) == [[0, 255, 255, 0], [0, 0, 255, 0]])
    #expect(objects[1].masks.map(\.values) == [[0, 0, 0, 0], [0, 0, 0, 255]])
    #expect(objects[2].masks.map(\.values) == [[0, 0, 0, 255], [0, 0, 0, 0]])
    // One index alone.
    try palettePNG([[0, 1, 1, 0]], colours: colours, to: folder("0.png"))
    let only = try MaskReader.read(folder.url, size: small, frames: 0..<1)
    #expect(only.map(\.name) == ["foreground"] && only[0].masks[0].values == [0, 255, 255, 0])
  }

  @Test func dimGreyscaleHoldsLabels() throws {
    let folder = try TemporaryFolder()
    let small = PixelSize(width: 4, height: 1)
    try ImageFile.write(Mask(size: small, values: [0, 1, 0, 1]), to: folder("0.png"))
    let one = try MaskReader.read(folder.url, size: small, frames: 0..<1)
    #expect(one.map(\.name) == ["foreground"] && one[0].masks[0].values == [0, 255, 0, 255])
    try ImageFile.write(Mask(size: small, values: [0, 1, 2, 2]), to: folder("0.png"))
    #expect(try MaskReader.read(folder.url, size: small, frames: 0..<1).map(\.name) == ["object1", "object2"])
    try ImageFile.write(Mask(size: small, values: [0, 40, 128, 250]), to: folder("0.png"))
    #expect(try MaskReader.read(folder.url, size: small, frames: 0..<1)[0].masks[0].values == [0, 0, 255, 255])
    try ImageFile.write(Mask(size: small, values: [0, 0, 0, 0]), to: folder("0.png"))
    #expect(try MaskReader.read(folder.url, size: small, frames: 0..<1)[0].masks[0].values == [0, 0, 0, 0])
  }

  @Test func transparencyIsNoObject() throws {
    let folder = try TemporaryFolder()
    let image = RGBAImage(size: PixelSize(width: 2, height: 1), pixels: [255, 255, 255, 0, 255, 255, 255, 255])
    try ImageFile.write(image, to: folder("0.png"))
    #expect(try MaskReader.read(folder.url, size: image.size, frames: 0..<1)[0].masks[0].values == [0, 255])
  }

  @Test func videoOfMasks() throws {
    let folder = try TemporaryFolder()
    let rate = FrameRate(numerator: 25, denominator: 1)
    let writer = try VideoWriter(url: folder("m.mp4"), size: size, frameRate: rate, encoding: .h264)
    for frame in 0..<5 {
      let mask = Pattern.mask(size, from: 4 + 2 * frame)
      try writer.append(Frame(size: size, pixels: mask.values.flatMap { Array(repeating: UInt16($0) * 257, count: 3) }))
    }
    try writer.finish()
    let objects = try MaskReader.read(folder("m.mp4"), size: size, frames: 1..<4)
    #expect(objects.map(\.name) == ["foreground"])
    #expect(objects[0].masks == (1..<4).map { Pattern.mask(size, from: 4 + 2 * $0) })
    #expect(throws: MediaError.missingMasks(path: folder("m.mp4").path, object: nil, frames: [5, 6], available: 5)) {
      try MaskReader.read(folder("m.mp4"), size: size, frames: 3..<7)
    }
  }

  @Test func unsuitableFolders() throws {
    let folder = try TemporaryFolder()
    #expect(throws: MediaError.noImages(path: folder.url.path, folders: [])) {
      try MaskReader.read(folder.url, size: size, frames: 0..<1)
    }
    #expect(throws: MediaError.notFound(path: folder("no").path)) {
      try MaskReader.read(folder("no"), size: size, frames: 0..<1)
    }
    try fill(folder.url, 0..<2)
    let other = PixelSize(width: 6, height: 6)
    try ImageFile.write(Pattern.mask(other, from: 2), to: folder("00001.png"))
    #expect(throws: MediaError.mixedSizes(path: folder("00001.png").path, size: other, expected: size)) {
      try MaskReader.read(folder.url, size: size, frames: 0..<2)
    }
    #expect(throws: MediaError.self) { try MaskReader.read(folder.url, size: size, frames: 1..<1) }
  }
}

import Exchange
import Foundation
import Media
import Testing

/// Files for other programs, written by the real command.
@Suite struct ExportTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture.shared.get() }

  private func export(_ kind: String, to output: String, first: Int = 0, _ more: String...) throws {
    let result = try Command.run(
      ["export", fixture.project, "--as", kind, "-o", output, "--first-number", "\(first)"] + more)
    #expect(result.status == 0, "\(result.errors)")
    for path in result.output.split(separator: "\n") {
      let file = path.replacingOccurrences(of: "####", with: String(format: "%04d", first))
      #expect(FileManager.default.fileExists(atPath: file), "\(file)")
    }
  }

  private func frames(_ arguments: String...) throws -> [Frame] {
    let out = fixture.fresh("frames") + "/"
    let result = try Command.run(["render", fixture.project, "-o", out] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    return try ClipReader.read(URL(fileURLWithPath: out)).frames
  }

  @Test func anUnpaintedPaintFileChangesNothing() throws {
    let ora = fixture.fresh("clip.ora")
    try export("ora", to: ora, "--texture-size", "96")
    let source = try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames
    #expect(try frames("--edit", "background=\(ora)", "--edit", "foreground=\(ora)") == source)
  }

  @Test func paintInAPaintFileEqualsTheSamePaintAsPNG() throws {
    let folder = fixture.fresh("paint")
    try export("ora", to: folder, "--texture-size", "96", "--layer", "background")
    let url = URL(fileURLWithPath: folder + "/background.ora")
    let file = try OpenRasterFile(contentsOf: url)
    #expect(file.size == PixelSize(width: 96, height: 96))
    #expect(file.layers.map(\.name) == ["paint here", "coverage", "texture"])
    #expect(file.layers.map(\.isVisible) == [true, false, true] && file.layers.map(\.isLocked) == [false, true, true])
    var paint = RGBAImage(size: file.size)
    for pixel in 0..<96 * 48 { paint.pixels.replaceSubrange(4 * pixel..<4 * pixel + 4, with: [250, 20, 0, 255]) }
    let png = URL(fileURLWithPath: fixture.fresh("paint.png"))
    try ImageFile.write(paint, to: png)
    var layers = file.layers
    layers[0].content = .picture(paint)
    for index in 1..<3 { layers[index].content = .picture(try file.picture(of: file.layers[index])) }
    try OpenRasterWriter.write(layers, merged: paint, to: url)
    let fromPaintFile = try frames("--edit", "background=\(url.path)")
    #expect(try frames("--edit", "background=\(png.path)") == fromPaintFile)
    #expect(try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames != fromPaintFile)
  }

  @Test func texturesComeInEverySizeAndIn16Bits() throws {
    let (coarse, fine) = (fixture.fresh("coarse"), fixture.fresh("fine"))
    try export("png", to: coarse, "--texture-size", "128")
    try export("png", to: fine, "--texture-size", "128", "--bits", "16")
    for layer in ["foreground", "background"] {
      let eight = try ImageFile.readRGBA(URL(fileURLWithPath: "\(coarse)/\(layer).png"))
      let sixteen = try ImageFile.readDeep(URL(fileURLWithPath: "\(fine)/\(layer).png"))
      #expect(eight.size == PixelSize(width: 128, height: 128))
      #expect(zip(eight.pixels, sixteen.eightBits.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
      #expect(sixteen.pixels.contains { $0 % 257 != 0 })
    }
  }

  /// A compositor's way to an edit: the STMap resamples the exported textures, and the formula puts them together with
  /// what the layered file holds. The result is what `render` makes, within the rounding of 8-bit frames.
  @Test(.enabled(if: hasFFmpeg, "needs ffmpeg"))
  func anSTMapAndTheTextureGiveWhatRenderGives() throws {
    let (side, size) = (160, Fixture.size)
    let (maps, textures, layers) = (fixture.fresh("maps"), fixture.fresh("textures"), fixture.fresh("layers"))
    try export("stmap", to: maps, "--layer", "background")
    try export("exr", to: layers, "--colour", "display")
    try export("png", to: textures, "--texture-size", "\(side)")
    let texture = try ImageFile.readRGBA(URL(fileURLWithPath: textures + "/background.png"))
    var painted = texture
    for pixel in 0..<side * side where (pixel % side / 10 + pixel / side / 10).isMultiple(of: 2) {
      painted.pixels.replaceSubrange(4 * pixel..<4 * pixel + 4, with: [230, 40, 90, 255])
    }
    for index in stride(from: 3, to: painted.pixels.count, by: 4) { painted.pixels[index] = 255 }
    let paint = fixture.fresh("paint.png")
    try ImageFile.write(painted, to: URL(fileURLWithPath: paint))
    let rendered = try frames("--edit", "background=\(paint)")
    let source = try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames
    let map = try planes(maps + "/background_stmap.0002.exr", count: size.pixelCount)
    let light = try planes(
      try numbered(2, in: layers), layer: "background_residual", alpha: false, count: size.pixelCount)
    var (worst, place) = (Float(0), "")
    for pixel in 0..<size.pixelCount where map[3][pixel] > 0 {
      // As STMap nodes do it: bilinear, the first pixel's middle at half a pixel, t from the bottom.
      let x = map[0][pixel] * Float(side) - 0.5
      let y = (1 - map[1][pixel]) * Float(side) - 0.5
      for channel in 0..<3 {
        let change = sample(painted, x, y, channel) - sample(texture, x, y, channel)
        let wanted =
          Float(source[2].pixels[3 * pixel + channel]) / 65535 + map[3][pixel] * light[channel][pixel] * change
        let error = abs(min(max(wanted, 0), 1) - Float(rendered[2].pixels[3 * pixel + channel]) / 65535)
        guard error > worst else { continue }
        (worst, place) = (error, "pixel \(pixel), light \(light[channel][pixel]), opacity \(map[3][pixel])")
      }
    }
    // Half a step of the 8-bit frames, and the light in half floats.
    #expect(worst < 0.5 / 255 + 0.002, "off by \(worst * 255) of 255 at \(place)")
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffmpeg"))
  func theInverseMapLeadsBack() throws {
    let (size, side) = (Fixture.size, 200)
    let maps = fixture.fresh("maps")
    try export(
      "stmap", to: maps, first: 1001, "--layer", "background", "--inverse", "--texture-size", "\(side)", "--origin",
      "top-left")
    let forward = try planes(maps + "/background_stmap.1003.exr", count: size.pixelCount)
    let inverse = try planes(maps + "/background_stmap_inverse.1003.exr", count: side * side)
    var (checked, worst) = (0, Float(0))
    for texel in 0..<side * side where inverse[3][texel] > 0.05 {
      let x = inverse[0][texel] * Float(size.width) - 0.5
      let y = inverse[1][texel] * Float(size.height) - 0.5
      guard x > 1, y > 1, x < Float(size.width - 2), y < Float(size.height - 2) else { continue }
      let corner = Int(y) * size.width + Int(x)
      guard [0, 1, size.width, size.width + 1].allSatisfy({ forward[3][corner + $0] > 0.05 }) else { continue }
      let (fx, fy) = (x - x.rounded(.down), y - y.rounded(.down))
      let s = (0..<2).map { plane in
        (forward[plane][corner] * (1 - fx) + forward[plane][corner + 1] * fx) * (1 - fy)
          + (forward[plane][corner + size.width] * (1 - fx) + forward[plane][corner + size.width + 1] * fx) * fy
      }
      worst = max(
        worst, abs(s[0] * Float(side) - 0.5 - Float(texel % side)), abs(s[1] * Float(side) - 0.5 - Float(texel / side)))
      checked += 1
    }
    #expect(checked > 1000 && worst < 0.25, "\(checked) texels, off by up to \(worst)")
  }

  @Test(.enabled(if: hasFFmpeg, "needs ffmpeg"))
  func layersAddUpToThePicture() throws {
    let out = fixture.fresh("exr")
    try export("exr", to: out, "--colour", "display")
    let count = Fixture.size.pixelCount
    let whole = try planes(try numbered(1, in: out), count: count)
    let front = try planes(try numbered(1, in: out), layer: "foreground", count: count)
    let back = try planes(try numbered(1, in: out), layer: "background", count: count)
    for channel in 0..<4 {
      let worst = (0..<count).map { abs(front[channel][$0] + back[channel][$0] - whole[channel][$0]) }.max() ?? 1
      #expect(worst < 0.003, "channel \(channel) is off by \(worst)")
    }
  }

  @Test func layersAsVideosAndPinsAreWritten() throws {
    for kind in ["prores", "ffv1", "webm", "png-sequence", "cornerpin"] {
      try export(kind, to: fixture.fresh(kind), "--layer", "background")
    }
    let sequence = fixture.fresh("sequence")
    try export("png-sequence", to: sequence, first: 1001, "--layer", "background")
    #expect(try FileManager.default.contentsOfDirectory(atPath: sequence + "/background").sorted().first == "01001.png")
  }

  @Test func overlaysPaintedFramesAndKeptEditsAreRendered() throws {
    let source = try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames
    let project = try fixture.copy(of: fixture.project) { _ in }
    func render(_ arguments: String...) throws -> [Frame] {
      let out = fixture.fresh("frames") + "/"
      let result = try Command.run(["render", project, "-o", out] + arguments)
      #expect(result.status == 0, "\(result.errors)")
      return try ClipReader.read(URL(fileURLWithPath: out)).frames
    }
    var sticker = RGBAImage(size: PixelSize(width: 9, height: 9))
    for pixel in 0..<81 { sticker.pixels.replaceSubrange(4 * pixel..<4 * pixel + 4, with: [255, 0, 255, 255]) }
    let picture = fixture.fresh("sticker.png")
    try ImageFile.write(sticker, to: URL(fileURLWithPath: picture))
    let drawn = try render("--overlay", "background=\(picture)", "--at-frame", "2:20,14")
    let turned = try render("--overlay", "background=\(picture)", "--at-frame", "2:20,14", "--rotate", "-45", "--lit")
    #expect(turned[2] != drawn[2] && turned[2] != source[2])
    // The fixture's foreground, hardly trained, covers everything a little.
    #expect(drawn[2].pixels[3 * (14 * Fixture.size.width + 20)] > 45_000)
    #expect(drawn.indices.allSatisfy { drawn[$0] != source[$0] })
    #expect(drawn[2].pixels.suffix(3000) == source[2].pixels.suffix(3000))

    var painted = source[1]
    for y in 8..<20 { for x in 10..<26 { painted.pixels[3 * (y * Fixture.size.width + x)] = 65535 } }
    let frame = fixture.fresh("painted.png")
    try ImageFile.write(painted, to: URL(fileURLWithPath: frame))
    let edited = try render("--frame-edit", "1=\(frame)", "--onto", "background", "--keep", "red")
    #expect(edited[1] != source[1] && edited[3] != source[3])
    #expect(try render("--use", "red") == edited)
    // Trained again: the kept edit is carried over.
    let again = Fixture.decompose(fixture.frames, fixture.masks, project, iterations: 25)
    #expect(try Command.run(again + ["--force", "--quiet"]).status == 0)
    let out = fixture.fresh("frames") + "/"
    let result = try Command.run(["render", project, "-o", out, "--use", "red"])
    #expect(result.status == 0 && result.errors.contains("carried over"), "\(result.errors)")
    #expect(result.errors.contains("px off"))
  }

  // MARK: - Reading as others do

  /// The file of a frame in a folder of one sequence.
  private func numbered(_ frame: Int, in folder: String) throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return folder + "/" + (names.first { $0.hasSuffix(".000\(frame).exr") } ?? "absent")
  }

  /// R, G, B and, where the layer has it, A. FFmpeg cuts values at 1 where it has to add the alpha itself.
  private func planes(_ path: String, layer: String? = nil, alpha: Bool = true, count: Int) throws -> [[Float]] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["ffmpeg", "-loglevel", "error"] + (layer.map { ["-layer", $0] } ?? [])
      + ["-i", path, "-pix_fmt", alpha ? "gbrapf32le" : "gbrpf32le", "-f", "rawvideo", "-"]
    let output = Pipe()
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let raw = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let values = raw.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    try #require(values.count == (alpha ? 4 : 3) * count, "\(path)")
    return (alpha ? [2, 0, 1, 3] : [2, 0, 1]).map { Array(values[$0 * count..<($0 + 1) * count]) }
  }

  private func sample(_ image: RGBAImage, _ x: Float, _ y: Float, _ channel: Int) -> Float {
    let (x, y) = (min(max(x, 0), Float(image.size.width - 1)), min(max(y, 0), Float(image.size.height - 1)))
    let (x0, y0) = (Int(x), Int(y))
    func texel(_ x: Int, _ y: Int) -> Float {
      let place = min(y, image.size.height - 1) * image.size.width + min(x, image.size.width - 1)
      return Float(image.pixels[4 * place + channel]) / 255
    }
    let (fx, fy) = (x - Float(x0), y - Float(y0))
    let above = texel(x0, y0) * (1 - fx) + texel(x0 + 1, y0) * fx
    return above * (1 - fy) + (texel(x0, y0 + 1) * (1 - fx) + texel(x0 + 1, y0 + 1) * fx) * fy
  }
}

private let hasFFmpeg = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"].contains {
  FileManager.default.isExecutableFile(atPath: $0 + "/ffmpeg")
}

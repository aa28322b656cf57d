import Foundation
import Media
import Testing

@testable import Exchange

@Suite struct EXRTests {
  private let size = PixelSize(width: 13, height: 7)

  private func plane(_ seed: Float) -> [Float] { (0..<size.pixelCount).map { seed + Float($0) * 0.37 } }

  private var picture: EXRPicture {
    var picture = EXRPicture(size: size)
    picture.add([("R", plane(1)), ("G", plane(-2)), ("B", plane(0.001)), ("A", plane(7))])
    picture.add(
      layer: "foreground", half: true, [("R", plane(100)), ("G", plane(1e6)), ("B", plane(0)), ("A", plane(1))])
    picture.attributes = ["hypernvd/stmap_origin": "bottom-left"]
    picture.frameRate = FrameRate(numerator: 24000, denominator: 1001)
    return picture
  }

  /// FFmpeg's decoder of OpenEXR is its own: it knows nothing of the library that writes here.
  @Test(.enabled(if: Program.isThere("ffmpeg"), "needs ffmpeg"))
  func ffmpegReadsWhatWasWritten() throws {
    let folder = try ScratchFolder()
    try picture.write(to: folder("a.exr"))
    #expect(folder.contents == ["a.exr"])
    func planes(_ layer: [String]) throws -> [[Float]] {
      let raw = try Program.run(
        "ffmpeg",
        ["-loglevel", "error"] + layer + ["-i", folder("a.exr").path]
          + ["-pix_fmt", "gbrapf32le", "-f", "rawvideo", "-"])
      let values = raw.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      // Green, blue, red, alpha.
      return [2, 0, 1, 3].map { Array(values[$0 * size.pixelCount..<($0 + 1) * size.pixelCount]) }
    }
    let main = try planes([])
    for (read, written) in zip(main, [plane(1), plane(-2), plane(0.001), plane(7)]) { #expect(read == written) }
    let layer = try planes(["-layer", "foreground"])
    for index in plane(100).indices {
      #expect(abs(layer[0][index] - plane(100)[index]) <= plane(100)[index] / 2048)
      #expect(layer[1][index] == 65504, "beyond the range of half")
    }
  }

  /// Files hold linear light; frames and paint have the values that are shown.
  @Test(arguments: [false, true]) func whatIsReadIsAsShown(half: Bool) throws {
    let folder = try ScratchFolder()
    let shown: [Float] = (0..<size.pixelCount).map { Float($0) / Float(size.pixelCount - 1) }
    var picture = EXRPicture(size: size)
    picture.add(half: half, ["R", "G", "B"].map { ($0, shown.map(TransferCurve.linear)) })
    try picture.write(to: folder("plate.0001.exr"))
    let frame = try #require(try ClipReader.read(folder.url, ClipRequest(size: size)).frames.first)
    let paint = try ImageFile.readRGBA(folder("plate.0001.exr"))
    for (pixel, value) in shown.enumerated() {
      for channel in 0..<3 {
        #expect(abs(Float(frame.pixels[3 * pixel + channel]) / 65535 - value) < 0.006, "\(value)")
        #expect(abs(Float(paint.pixels[4 * pixel + channel]) / 255 - value) < 0.006, "\(value)")
      }
    }
  }

  /// A matte is no light: half a coverage is half.
  @Test func mattesAreTakenAsTheyAre() throws {
    let folder = try ScratchFolder()
    let coverage: [Float] = (0..<size.pixelCount).map { Float($0) / Float(size.pixelCount - 1) }
    var picture = EXRPicture(size: size)
    picture.add(["R", "G", "B"].map { ($0, coverage) })
    try picture.write(to: folder("00000.exr"))
    let mask = try MaskReader.read(folder.url, size: size, frames: 0..<1)[0].masks[0]
    for (value, coverage) in zip(mask.values, coverage) where abs(coverage - 0.5) > 0.01 {
      #expect((value > Mask.threshold) == (coverage > 0.5), "\(coverage)")
    }
  }

  @Test func theHeaderTellsRateAndConvention() throws {
    let data = try picture.encoded()
    #expect(data.prefix(4) == Data([0x76, 0x2F, 0x31, 0x01]))
    for text in ["framesPerSecond", "hypernvd/stmap_origin", "bottom-left", "foreground.R"] {
      #expect(data.range(of: Data(text.utf8)) != nil, "\(text)")
    }
  }

  @Test(arguments: [("foreground", "foreground"), ("a b.c", "a_b_c"), ("7", "layer_7"), ("", "layer_"), ("ä", "_")])
  func layersHaveNamesThatProgramsTake(name: String, taken: String) {
    #expect(EXRPicture.layerName(name) == taken)
  }

  @Test func layersOfAFileHaveDifferentNames() {
    let names = EXRPicture.layerNames(
      ["a b", "a.b", "man", "man_uv", "alpha", "a_b_2"], suffixes: ["_uv", "_light"], taken: ["alpha"])
    #expect(names == ["a_b", "a_b_2", "man", "man_uv_2", "alpha_2", "a_b_2_2"])
  }
}

@Suite struct STMapConventionTests {
  /// A picture of 4 x 2 pixels: the middle of the top left pixel is at s 1/8, and at t 3/4 from the bottom.
  @Test func placesAreWhereProgramsLookForThem() {
    let size = PixelSize(width: 4, height: 2)
    var convention = STMapConvention()
    #expect(convention.place(x: 0, y: 0, in: size) == (0.125, 0.75))
    #expect(convention.place(x: 3, y: 1, in: size) == (0.875, 0.25))
    convention.origin = .topLeft
    #expect(convention.place(x: 0, y: 0, in: size) == (0.125, 0.25))
    convention.centre = .zero
    #expect(convention.place(x: 2, y: 1, in: size) == (0.5, 0.5))
    convention.origin = .bottomLeft
    #expect(convention.place(x: 0, y: 1, in: size) == (0, 0))
  }

  @Test func theSRGBCurveIsTheStandards() {
    // IEC 61966-2-1: 0.5 is 0.21404 of the light; 0.04 is on the straight part.
    #expect(abs(TransferCurve.linear(0.5) - 0.214_041) < 1e-5)
    #expect(abs(TransferCurve.linear(0.04) - 0.04 / 12.92) < 1e-7)
    #expect(TransferCurve.linear(1) == 1 && TransferCurve.linear(-0.5) == -TransferCurve.linear(0.5))
  }
}

@Suite struct CornerPinTrackTests {
  private let track = CornerPinTrack(
    layer: "foreground", frameSize: PixelSize(width: 100, height: 50), textureSize: PixelSize(width: 10, height: 10),
    from: [.init(x: 1, y: 9), .init(x: 9, y: 9), .init(x: 9, y: 1), .init(x: 1, y: 1)],
    pins: [7, 9].map { frame in
      CornerPinTrack.Pin(
        frame: frame,
        to: (0..<4).map { CornerPinTrack.Point(x: Double(10 * $0 + frame), y: Double($0)) },
        matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], rmsError: 0.25)
    })

  @Test func nukeCountsFromTheBottom() {
    let lines = track.nukeScript.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(lines.first == "CornerPin2D {" && lines.last == "}")
    #expect(lines.contains("to1 {{curve x7 7 x9 9} {curve x7 50 x9 50}}"))
    #expect(lines.contains("to4 {{curve x7 37 x9 39} {curve x7 47 x9 47}}"))
    #expect(lines.contains("from1 {1 1}") && lines.contains("from3 {9 9}"))
    #expect(lines.contains("name foreground_CornerPin"))
  }

  @Test func jsonComesBack() throws {
    #expect(try JSONDecoder().decode(CornerPinTrack.self, from: track.json()) == track)
  }
}

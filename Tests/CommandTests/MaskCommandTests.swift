import Foundation
import Media
import Testing

/// `hypernvd mask` as a user runs it.
@Suite struct MaskCommandTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture.shared.get() }

  private struct Report: Decodable {
    struct Object: Decodable {
      struct Agreement: Decodable { var mean: Double, frames: [Double] }
      var name: String
      var coverage: [Double]
      var agreement: Agreement?
    }
    var origin: String
    var objects: [Object]
  }

  private func report(_ arguments: [String]) throws -> Report {
    let result = try Command.run(["mask", fixture.frames] + arguments + ["--json"])
    #expect(result.status == 0, "\(result.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
  }

  /// What can be seen to be wrong at once is said at once: nothing is worked out, nothing is left behind.
  @Test(arguments: [["--mask", "0=/nowhere.png"], ["--box", "0=9000,0,10,10"], ["--point", "400=1,1"]])
  func badHintsAreRefusedBeforeAnythingElse(hint: [String]) throws {
    let out = fixture.fresh("project")
    let result = try Command.run(["decompose", fixture.frames, "-o", out] + hint)
    #expect(result.status != 0 && !result.errors.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: out), "\(result.errors)")
  }

  /// The folder of models that `hypernvd models` names is the one that masks look into.
  @Test func theModelIsLookedForWhereTheEnvironmentSays() throws {
    let result = try Command.run(
      ["mask", fixture.frames, "-o", fixture.fresh("masks")], environment: ["HYPERNVD_MODELS": "/nowhere"])
    #expect(result.errors.contains("/nowhere/u2netp.onnx"), "\(result.errors)")
  }

  @Test func aMaskOfOneFrameIsFollowed() throws {
    let folder = fixture.fresh("masks")
    let report = try report(
      ["--mask", "2=\(fixture.masks)/00002.png", "--against", fixture.masks, "-o", folder])
    let agreement = try #require(report.objects.first?.agreement)
    #expect(report.objects.map(\.name) == ["foreground"])
    #expect(agreement.frames.count == Fixture.frameCount && agreement.frames[2] == 1)
    #expect(agreement.mean > 0.8, "\(agreement)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted().first == "00000.png")
    let look = try ClipReader.read(URL(fileURLWithPath: folder + "/overlay.mp4"))
    #expect(look.frames.count == Fixture.frameCount && look.size == Fixture.size)
    // What was written is what decompose takes.
    let again = try self.report(["--masks", folder, "--against", fixture.masks])
    #expect(abs((again.objects.first?.agreement?.mean ?? 0) - agreement.mean) < 1e-9)
  }

  @Test func aVideoNameGivesTheVideoAndAFolder() throws {
    let look = fixture.fresh("look.mp4")
    let result = try Command.run(["mask", fixture.frames, "--masks", fixture.masks, "--frames", "1..<4", "-o", look])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("foreground in frame 1"))
    let files = try FileManager.default.contentsOfDirectory(atPath: String(look.dropLast(4))).sorted()
    #expect(files == ["00001.png", "00002.png", "00003.png"])
    #expect(FileManager.default.fileExists(atPath: look))
  }

  @Test func severalObjectsComeFromAPalette() throws {
    let mask = try MaskReader.read(URL(fileURLWithPath: fixture.masks), size: Fixture.size, frames: 0..<1)[0].masks[0]
    // The object's left half is index 1, its right half index 2.
    let columns = mask.values.indices.filter { mask.values[$0] > 0 }.map { $0 % Fixture.size.width }
    let middle = columns.sorted()[columns.count / 2]
    let labels = Mask(
      size: Fixture.size,
      values: mask.values.indices.map { mask.values[$0] == 0 ? 0 : $0 % Fixture.size.width < middle ? 1 : 2 })
    let picture = fixture.fresh("objects.png")
    try ImageFile.write(labels, to: URL(fileURLWithPath: picture))
    let folder = fixture.fresh("masks")
    let report = try report(["--mask", "0=\(picture)", "-o", folder])
    #expect(report.objects.map(\.name) == ["object1", "object2"])
    #expect(report.objects.allSatisfy { $0.coverage.allSatisfy { $0 > 0 } })
    #expect(FileManager.default.fileExists(atPath: folder + "/object2/00004.png"))
  }

  @Test func aBoxAndAPointNameTheirLayers() throws {
    let report = try report([
      "--box", "cat:1=10,8,40,40", "--point", "dog:2=80,50", "--not-point", "dog:2=5,5", "-o", fixture.fresh("masks"),
    ])
    #expect(report.objects.map(\.name) == ["cat", "dog"])
    #expect(report.origin == "guided")
  }

  @Test func decomposeTakesTheSameHints() throws {
    let project = fixture.fresh("project")
    let arguments = [
      "decompose", fixture.frames, "-o", project, "--mask", "cup:4=\(fixture.masks)/00004.png", "--iterations", "2",
    ]
    let result = try Command.run(arguments)
    #expect(result.status == 0, "\(result.errors)")
    #expect(FileManager.default.fileExists(atPath: project + "/layers/cup/texture.png"))
  }
}

import Foundation
import Media
import Testing

/// From a clip to layers and back, through the real command.
@Suite struct MainJobTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture.shared.get() }

  @Test(arguments: [
    "project.json", "model.safetensors", "metrics.jsonl", "reconstruction.mp4", "residual.mp4", "comparison.mp4",
    "layers/foreground/texture.png", "layers/foreground/alpha.mp4", "layers/background/texture.png",
    "layers/background/alpha.mp4",
  ])
  func aProjectHolds(file: String) {
    #expect(FileManager.default.fileExists(atPath: "\(fixture.project)/\(file)"))
  }

  @Test func aFinishedProjectKeepsNoCheckpoint() {
    #expect(!FileManager.default.fileExists(atPath: "\(fixture.project)/checkpoint.safetensors"))
  }

  @Test func evaluatePrintsOneObjectWithTheAgreedKeys() throws {
    let result = try Command.run(["evaluate", fixture.project, "--masks", fixture.masks, "--json"])
    #expect(result.status == 0)
    struct Metrics: Decodable {
      var psnr, psnrWithoutResiduals, ssim, flowConsistencyPixels: Double
      var maskIoU: [String: Double]
    }
    let metrics = try JSONDecoder().decode(Metrics.self, from: Data(result.output.utf8))
    #expect((5...60).contains(metrics.psnr))
    #expect((0...1).contains(metrics.ssim))
    #expect(Array(metrics.maskIoU.keys) == ["foreground"])
    #expect((0...1).contains(metrics.maskIoU["foreground"] ?? -1))
  }

  @Test func withoutAnEditTheClipComesBackBitForBit() throws {
    let out = fixture.fresh("frames") + "/"
    #expect(try Command.run(["render", fixture.project, "-o", out]).status == 0)
    let before = try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames
    let after = try ClipReader.read(URL(fileURLWithPath: out)).frames
    #expect(before == after)
  }

  @Test func paintShowsWhereTheLayerIsAndNowhereElse() throws {
    // The left half of the background's texture in green, the rest transparent.
    let side = 64
    var paint = RGBAImage(size: PixelSize(width: side, height: side))
    for pixel in 0..<side * side where pixel % side < side / 2 {
      paint.pixels.replaceSubrange(4 * pixel..<4 * pixel + 4, with: [0, 255, 0, 255])
    }
    let file = fixture.fresh("paint.png")
    try ImageFile.write(paint, to: URL(fileURLWithPath: file))
    let out = fixture.fresh("frames") + "/"
    let result = try Command.run(["render", fixture.project, "-o", out, "--edit", "background=\(file)"])
    #expect(result.status == 0)
    let before = try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames[2]
    let after = try ClipReader.read(URL(fileURLWithPath: out)).frames[2]
    let width = Fixture.size.width
    var (left, right) = (0, 0)
    for (index, value) in before.pixels.enumerated() where after.pixels[index] != value {
      let x = index / 3 % width
      if x < width / 4 { left += 1 }
      if x >= width * 3 / 4 { right += 1 }
    }
    #expect(left > Fixture.size.height * width / 8)
    #expect(right == 0)
  }

  /// The cache holds nothing that is not worked out again.
  /// Layers of small frames on the clip's own: where nothing is painted its pixels, where something is the paint.
  @Test func editsReachTheClipsOwnResolution() throws {
    let project = fixture.fresh("small")
    let small = Fixture.decompose(fixture.frames, fixture.masks, project, iterations: 10) + ["--size", "48x32"]
    #expect(try Command.run(small).status == 0)
    func frames(_ options: String...) throws -> [Frame] {
      let output = fixture.fresh("frames") + "/"
      let result = try Command.run(["render", project, "-o", output] + options)
      #expect(result.status == 0, "\(result.errors)")
      return try ClipReader.read(URL(fileURLWithPath: output), ClipRequest()).frames
    }
    let source = try ClipReader.read(URL(fileURLWithPath: fixture.frames)).frames
    #expect(try frames("--size", "source") == source)
    #expect(try frames().map(\.size) == source.map { _ in PixelSize(width: 48, height: 32) })
    #expect(try frames("--size", "64x64").map(\.size) == source.map { _ in PixelSize(width: 64, height: 64) })

    let odd = fixture.fresh("odd")
    let oddProject = fixture.fresh("odd-project")
    try FileManager.default.createDirectory(atPath: odd, withIntermediateDirectories: true)
    let cut = try source.map { try $0.resized(to: PixelSize(width: 95, height: 63)) }
    for (index, frame) in cut.enumerated() {
      try ImageFile.write(frame, to: URL(fileURLWithPath: "\(odd)/0000\(index).png"))
    }
    let exact = try ClipReader.read(URL(fileURLWithPath: odd), ClipRequest(size: cut[0].size)).frames
    #expect(
      try Command.run(
        Fixture.decompose(odd, fixture.masks, oddProject, iterations: 2) + ["--size", "48x32"]
      ).status == 0)
    for output in [fixture.fresh("frames") + "/", fixture.fresh("video.mp4")] {
      let result = try Command.run(["render", oddProject, "-o", output, "--size", "source", "--lossless"])
      #expect(result.status == 0, "\(result.errors)")
      let found = try ClipReader.read(URL(fileURLWithPath: output), ClipRequest(size: cut[0].size)).frames
      #expect(found == exact, "an odd width and height are kept: \(output)")
    }

    var paint = RGBAImage(size: PixelSize(width: 64, height: 64))
    for index in paint.pixels.indices { paint.pixels[index] = index % 4 == 0 || index % 4 == 3 ? 255 : 0 }
    let picture = fixture.fresh("red.png")
    try ImageFile.write(paint, to: URL(fileURLWithPath: picture))
    let edited = try frames("--size", "source", "--edit", "background=\(picture)")
    for (frame, original) in zip(edited, source) {
      #expect(frame.size == Fixture.size)
      // Red was laid under the light of the background.
      let share = { (frame: Frame, channel: Int) in
        stride(from: channel, to: frame.pixels.count, by: 3).reduce(0.0) { $0 + Double(frame.pixels[$1]) }
      }
      #expect(share(frame, 0) > share(original, 0) && share(frame, 1) < 0.6 * share(original, 1))
    }
    let layers = fixture.fresh("layers")
    let result = try Command.run(["export", project, "--as", "png-sequence", "-o", layers, "--size", "source"])
    #expect(result.status == 0, "\(result.errors)")
    for layer in ["foreground", "background"] {
      let image = try ImageFile.readRGBA(URL(fileURLWithPath: "\(layers)/\(layer)/00000.png"))
      #expect(image.size == Fixture.size)
    }
  }

  @Test func theCacheCanBeDeleted() throws {
    let project = try fixture.copy(of: fixture.project) {
      try FileManager.default.removeItem(at: $0.appendingPathComponent("cache"))
    }
    let masks = project + "/masks/foreground"
    #expect(try FileManager.default.contentsOfDirectory(atPath: masks).count == Fixture.frameCount)
    let evaluated = try Command.run(["evaluate", project, "--json"])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    #expect(try evaluated.output == Command.run(["evaluate", fixture.project, "--json"]).output)
    let edit = ["--edit", "background=\(project)/layers/foreground/texture.png"]
    let (with, without) = (fixture.fresh("with"), fixture.fresh("without"))
    #expect(try Command.run(["render", project, "-o", without + "/"] + edit).status == 0)
    #expect(try Command.run(["render", fixture.project, "-o", with + "/"] + edit).status == 0)
    for name in try FileManager.default.contentsOfDirectory(atPath: with) {
      #expect(FileManager.default.contentsEqual(atPath: "\(with)/\(name)", andPath: "\(without)/\(name)"))
    }
    #expect(FileManager.default.fileExists(atPath: project + "/cache/layers.bin"))
  }

  /// What only makes later renders faster does not spoil a training that took minutes.
  @Test func aProjectIsFinishedWithoutLayerMaps() throws {
    let project = try fixture.copy(of: fixture.project) {
      let record = $0.appendingPathComponent("project.json")
      let text = try String(contentsOf: record, encoding: .utf8)
      try Data(text.replacingOccurrences(of: "\"finished\"", with: "\"trained\"").utf8).write(to: record)
      let maps = $0.appendingPathComponent("cache/layers.bin")
      try FileManager.default.removeItem(at: maps)
      try FileManager.default.createDirectory(at: maps.appendingPathComponent("x"), withIntermediateDirectories: true)
    }
    let result = try Command.run(["decompose", "-o", project, "--resume"])
    #expect(result.status == 0 && result.errors.contains("no layer maps were kept"), "\(result.errors)")
  }

  /// On a terminal. A program that reads messages, and somebody who wants few, get no line that is drawn anew.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "needs script"),
    arguments: [([], true), (["--quiet"], false), (["--log-format", "json"], false)] as [([String], Bool)])
  func progressIsDrawnForPeople(options: [String], isDrawn: Bool) throws {
    let command = ([Command.url.path, "check", fixture.frames, "--masks", fixture.masks] + options).joined(
      separator: " ")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = ["-qec", command, "/dev/null"]
    process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "xterm"]) { $1 }
    let pipe = Pipe()
    (process.standardOutput, process.standardInput) = (pipe, FileHandle.nullDevice)
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && output.contains("\u{1B}[K") == isDrawn, "\(output)")
  }

  @Test func messagesAsJSONAreOneObjectALine() throws {
    let result = try Command.run(
      Fixture.decompose(fixture.frames, fixture.masks, fixture.fresh("json"), iterations: 10)
        + ["--log-format", "json"])
    #expect(result.status == 0)
    let lines = result.errors.split(separator: "\n")
    let events = try lines.map { line in
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["level"] is String && object["message"] is String && object["time"] is String)
      return object["event"] as? String
    }
    for event in ["clip", "masks", "evaluated", "wrote"] { #expect(events.contains(event)) }
  }

  @Test func whatARunLeftBeforeItHadARecordDoesNotStandInTheWay() throws {
    let out = fixture.fresh("begun")
    try FileManager.default.createDirectory(atPath: out + "/cache", withIntermediateDirectories: true)
    try Data("half".utf8).write(to: URL(fileURLWithPath: out + "/cache/flow.bin"))
    let result = try Command.run(Fixture.decompose(fixture.frames, fixture.masks, out, iterations: 2))
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func forceReplacesAProjectAndKeepsForeignFiles() throws {
    let out = try fixture.copy(of: fixture.project) {
      try Data("mine".utf8).write(to: $0.appendingPathComponent("notes.txt"))
    }
    let arguments = Fixture.decompose(fixture.frames, fixture.masks, out, iterations: 2)
    #expect(try Command.run(arguments + ["--force"]).status == 0)
    #expect(FileManager.default.fileExists(atPath: out + "/notes.txt"))
    let record = try String(contentsOfFile: out + "/project.json", encoding: .utf8)
    #expect(record.contains("\"iterations\" : 2"))
  }

  @Test func errorsAsJSONCarryTheExitCode() throws {
    let result = try Command.run(["check", "/nowhere.mp4", "--log-format", "json"])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(result.errors.utf8)) as? [String: Any])
    #expect(object["exitCode"] as? Int == 66)
    #expect(object["level"] as? String == "error")
  }

  @Test func checkTellsWhatWillHappen() throws {
    let result = try Command.run(["check", fixture.frames, "--masks", fixture.masks, "--json"])
    #expect(result.status == 0)
    struct Report: Decodable {
      struct Object: Decodable {
        var name: String
        var coverage: [Double]
      }
      var frames: Int
      var objects: [Object]
      var expectedSeconds: Double
      var expectedMemoryBytes: Int
    }
    let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
    #expect(report.frames == Fixture.frameCount)
    #expect(report.objects.map(\.name) == ["foreground"])
    #expect(report.objects[0].coverage.count == Fixture.frameCount)
    #expect(report.expectedSeconds > 0 && report.expectedMemoryBytes > 0)
  }

  @Test func flowFilesComeBack() throws {
    let out = fixture.fresh("flow")
    #expect(try Command.run(["flow", fixture.frames, "-o", out, "--format", "npy"]).status == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: out)
    #expect(files.count == 2 * (Fixture.frameCount - 1))
    let field = try FlowFile.read(URL(fileURLWithPath: out + "/forward_00000.npy"))
    #expect(field.size == Fixture.size)
    let result = try Command.run(
      Fixture.decompose(fixture.frames, fixture.masks, fixture.fresh("with-flow"), iterations: 2) + ["--flow", out])
    #expect(result.status == 0, "\(result.errors)")
  }
}

@Suite struct DemoTests {
  @Test func withoutAClipTheDemonstrationDrawsItsOwnAndSaysSo() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hypernvd-demo-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = try Command.run(
      ["demo", "-o", folder.path + "/out", "--time-budget", "2s"], environment: ["XDG_CACHE_HOME": folder.path])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors.contains("procedural scene"))
    for file in ["edited.mp4", "before-after.png", "foreground.png", "background.png"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/out/edit/\(file)"))
    }
    #expect(result.output.contains("edit/edited.mp4"))
  }
}

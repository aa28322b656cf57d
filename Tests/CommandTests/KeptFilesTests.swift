import Foundation
import Media
import Testing

/// What is there before a command stays, unless the command has something to put in its place.
@Suite struct KeptFilesTests {
  private let fixture: Fixture

  init() throws { fixture = try Fixture.shared.get() }

  /// Every file below a folder.
  private func files(_ folder: String) throws -> [String: Data] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { !$0.hasPrefix("cache") }
    return try paths.reduce(into: [:]) { result, path in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(folder)/\(path)", isDirectory: &isFolder)
      if !isFolder.boolValue { result[path] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")) }
    }
  }

  private func decompose(_ masks: String, _ project: String) -> [String] {
    Fixture.decompose(fixture.frames, masks, project, iterations: 2) + ["--force"]
  }

  @Test func aRunThatCannotStartCostsNoProject() throws {
    let project = try fixture.copy(of: fixture.project) { _ in }
    let before = try files(project)
    for masks in ["/nowhere", try uniformMasks(fixture, 0)] {
      let result = try Command.run(decompose(masks, project))
      #expect(result.status != 0 && !result.errors.isEmpty)
      #expect(try files(project) == before)
    }
  }

  @Test func aProjectsOwnMasksMayBeCorrectedAndGivenToItAgain() throws {
    let corrected = Mask(
      size: Fixture.size,
      values: (0..<Fixture.size.pixelCount).map { $0 % Fixture.size.width < 40 ? 255 : 0 })
    let project = try fixture.copy(of: fixture.project) {
      try ImageFile.write(corrected, to: $0.appendingPathComponent("masks/foreground/00002.png"))
    }
    let result = try Command.run(decompose(project + "/masks", project))
    #expect(result.status == 0, "\(result.errors)")
    let kept = try MaskReader.read(
      URL(fileURLWithPath: project + "/masks/foreground"), size: Fixture.size, frames: 2..<3)
    #expect(kept[0].masks == [corrected])
  }

  @Test func masksWrittenWhereAProjectShallBeStay() throws {
    let project = fixture.fresh("project")
    let masks = project + "/masks"
    try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
    #expect(try Command.run(["mask", fixture.frames, "--masks", fixture.masks, "-o", masks]).status == 0)
    let before = try files(masks)
    let refused = try Command.run(Fixture.decompose(fixture.frames, fixture.masks, project, iterations: 2))
    #expect(refused.status == 74 && refused.errors.contains("--force"), "\(refused.errors)")
    #expect(try Command.run(decompose(masks, project)).status == 0)
    #expect(try files(masks).filter { before.keys.contains($0.key) } == before)
  }

  @Test func theClipIsNotReplaced() throws {
    let clip = try fixture.copy(of: fixture.frames) { _ in }
    let project = try fixture.copy(of: fixture.project) { _ in }
    let link = fixture.fresh("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: clip)
    let (ofClip, ofProject) = (try files(clip), try files(project))
    for arguments in [
      ["render", project, "--source", clip, "-o", clip + "/"], ["render", project, "--source", link, "-o", clip + "/"],
      ["mask", clip, "--masks", fixture.masks, "-o", clip],
      ["mask", project + "/comparison.mp4", "-o", project + "/comparison.mp4"],
      decompose("auto", project).map { $0 == fixture.frames ? project + "/reconstruction.mp4" : $0 },
    ] {
      let result = try Command.run(arguments)
      #expect(result.status == 74 && result.errors.contains("is what is read"), "\(arguments): \(result.errors)")
    }
    #expect(try files(clip) == ofClip)
    #expect(try files(project) == ofProject)
  }

  @Test(arguments: ["exr", "stmap", "png-sequence"])
  func anExportThatFailsLeavesTheEarlierOne(kind: String) throws {
    let output = fixture.fresh("export")
    let arguments = ["export", fixture.project, "--as", kind, "-o", output]
    #expect(try Command.run(arguments).status == 0)
    let before = try files(output)
    #expect(!before.isEmpty)
    let failed = try Command.run(arguments, fileLimit: 1)
    #expect(failed.status == 74, "\(failed.errors)")
    #expect(try files(output) == before)
    #expect(try Command.run(arguments).status == 0)
    #expect(try files(output) == before)
  }

  @Test func aProjectThatFindsItsClipAgainKnowsWhereItIs() throws {
    let moved = try fixture.copy(of: fixture.frames) { _ in }
    let project = try fixture.copy(of: fixture.project) {
      let record = $0.appendingPathComponent("project.json")
      let text = try String(contentsOf: record, encoding: .utf8)
        .replacingOccurrences(of: fixture.frames, with: "/nowhere/frames")
        .replacingOccurrences(of: "\"finished\"", with: "\"trained\"")
      try Data(text.utf8).write(to: record)
    }
    #expect(try Command.run(["decompose", moved, "-o", project, "--resume"]).status == 0)
    #expect(try Command.run(["render", project, "-o", fixture.fresh("frames") + "/"]).status == 0)
  }
}

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

  /// What a painter puts beside a texture is not the project's.
  @Test func paintingsInAProjectThatIsReplacedStay() throws {
    let theirs = [
      "layers/background/painted.png", "layers/work.kra", "masks/foreground/00001-mine.png", "masks/hat/a.png",
      "masks/foreground/7.png",
    ]
    let project = try fixture.copy(of: fixture.project) {
      for name in theirs {
        let url = $0.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(name.utf8).write(to: url)
      }
      try Data().write(to: $0.appendingPathComponent("masks/foreground/00099.png"))
    }
    #expect(try Command.run(decompose(fixture.masks, project)).status == 0)
    let after = try files(project)
    for name in theirs { #expect(after[name] == Data(name.utf8), "\(name)") }
    #expect(after["masks/foreground/00099.png"] == nil, "a mask of the earlier project")
    // What lies beside the masks is none of them.
    #expect(try Command.run(["evaluate", project]).status == 0)
    #expect(after["masks/foreground/00004.png"] != nil && after["layers/background/texture.png"] != nil)
  }

  /// The clip is what is read, however far above it a folder was named.
  @Test func aClipBelowTheFolderThatWasNamedIsNotReplaced() throws {
    let place = fixture.fresh("clip")
    let clip = place + "/frames"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: fixture.frames, toPath: clip)
    let before = try files(place)
    for arguments in [
      ["render", fixture.project, "--source", place, "-o", clip + "/"],
      ["mask", place, "--masks", fixture.masks, "-o", clip],
      ["export", fixture.project, "--source", place, "--as", "exr", "-o", clip],
      ["export", fixture.project, "--source", place, "--as", "png-sequence", "-o", clip],
      ["export", fixture.project, "--source", place, "--as", "png", "-o", clip],
      ["mask", place, "--masks", fixture.masks, "-o", place],
      ["flow", place, "-o", clip, "--format", "kitti"],
    ] {
      let result = try Command.run(arguments)
      #expect(result.status == 74 && result.errors.contains("is what is read"), "\(arguments): \(result.errors)")
      #expect(try files(place) == before, "\(arguments)")
    }
  }

  /// They would be read with the new ones, or in their place.
  @Test func masksOfOtherObjectsAreNotMixed() throws {
    func objects(_ names: [String]) throws -> String {
      let folder = fixture.fresh("objects")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, source) in zip(names, [fixture.masks, try fixture.otherMasks()]) {
        try FileManager.default.copyItem(atPath: source, toPath: folder + "/" + name)
      }
      return folder
    }
    func mask(_ masks: String, _ output: String) throws -> Command.Result {
      try Command.run(["mask", fixture.frames, "--masks", masks, "-o", output])
    }
    let (one, two) = (fixture.fresh("masks"), fixture.fresh("masks"))
    #expect(try mask(fixture.masks, one).status == 0)
    #expect(try mask(objects(["cat", "dog"]), two).status == 0)
    let picture = fixture.fresh("picture")
    try FileManager.default.createDirectory(atPath: picture, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: fixture.frames + "/00000.png", toPath: picture + "/look.png")
    for (masks, output) in [
      (try objects(["cat", "dog"]), one), (try objects(["cat", "emu"]), two), (fixture.masks, picture),
      (try objects(["cat", "dog"]), picture),
    ] {
      let before = try files(output)
      let result = try mask(masks, output)
      #expect(result.status == 74 && result.errors.contains("other objects"), "\(result.errors)")
      #expect(try files(output) == before)
    }
    #expect(try mask(fixture.masks, one).status == 0)
    #expect(try mask(objects(["cat", "dog"]), two).status == 0)
    // Images in a folder are read alone, whatever folders lie beside them.
    #expect(try mask(fixture.masks, two).status == 0)
  }

  @Test func anObjectBehindAllOfAnotherIsNamed() throws {
    let folder = fixture.fresh("objects")
    for name in ["car", "driver"] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: fixture.masks, toPath: folder + "/" + name)
    }
    let result = try Command.run(Fixture.decompose(fixture.frames, folder, fixture.fresh("project"), iterations: 1))
    #expect(result.status == 65 && result.errors.contains("masks of driver lie within"), "\(result.errors)")
  }

  @Test func aProjectThatIsTrainedTakesNoOtherBudget() throws {
    let project = try fixture.copy(of: fixture.project) {
      let record = $0.appendingPathComponent("project.json")
      let text = try String(contentsOf: record, encoding: .utf8)
        .replacingOccurrences(of: "\"finished\"", with: "\"trained\"")
      try Data(text.utf8).write(to: record)
    }
    let before = try files(project)
    let result = try Command.run(["decompose", "-o", project, "--resume", "--time-budget", "30m"])
    #expect(result.status == 65 && result.errors.contains("without a budget"), "\(result.errors)")
    #expect(try files(project) == before)
  }

  @Test func resultsThatNobodyReceivesAreNoSuccess() throws {
    let result = try Command.run(["check", fixture.frames, "--masks", fixture.masks, "--json"], output: "/dev/full")
    #expect(result.status == 74 && result.errors.contains("standard output"), "\(result.errors)")
    // Messages that nobody receives are.
    #expect(try Command.run(["check", fixture.frames, "--masks", fixture.masks], errors: "/dev/full").status == 0)
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

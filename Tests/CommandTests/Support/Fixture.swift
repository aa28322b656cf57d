import Foundation
import Media
import SyntheticScenes

/// A small procedural clip on disk with its masks, and a project that the command made of it; once for all tests.
struct Fixture: Sendable {
  /// Frames `00000.png` to `00004.png`, 96x64.
  let frames: String
  let masks: String
  /// A finished project of that clip.
  let project: String
  let folder: URL

  static let frameCount = 5
  static let size = PixelSize(width: 96, height: 64)

  static let shared: Result<Fixture, any Error> = Result { try Fixture() }

  private init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("hypernvd-tests-\(UUID().uuidString)")
    let frames = folder.appendingPathComponent("frames")
    let masks = folder.appendingPathComponent("masks")
    try FileManager.default.createDirectory(at: frames, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: masks, withIntermediateDirectories: true)
    var configuration = SceneConfiguration()
    configuration.size = Fixture.size
    configuration.frameCount = Fixture.frameCount
    let scene = SceneGenerator.make(configuration)
    for (index, frame) in scene.clip.frames.enumerated() {
      try ImageFile.write(frame, to: frames.appendingPathComponent("0000\(index).png"))
      try ImageFile.write(scene.masks[0].masks[index], to: masks.appendingPathComponent("0000\(index).png"))
    }
    (self.frames, self.masks) = (frames.path, masks.path)
    project = folder.appendingPathComponent("project").path
    let result = try Command.run(Fixture.decompose(self.frames, self.masks, project, iterations: 40))
    if result.status != 0 { throw Failure(message: "the fixture could not be decomposed: \(result.errors)") }
  }

  struct Failure: Error { var message: String }

  static func decompose(_ frames: String, _ masks: String, _ project: String, iterations: Int) -> [String] {
    [
      "decompose", frames, "-o", project, "--masks", masks, "--iterations", "\(iterations)", "--seed", "3", "--threads",
      "2",
    ]
  }

  /// A path in the fixture's folder that no other test uses.
  func fresh(_ name: String) -> String {
    let folder = folder.appendingPathComponent("scratch-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.appendingPathComponent(name).path
  }

  /// Masks of everything but the object.
  func otherMasks() throws -> String {
    let folder = fresh("other")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let masks = try MaskReader.read(
      URL(fileURLWithPath: masks), size: Fixture.size, frames: 0..<Fixture.frameCount)[0].masks
    for (index, mask) in masks.enumerated() {
      let other = Mask(size: mask.size, values: mask.values.map { 255 - $0 })
      try ImageFile.write(other, to: URL(fileURLWithPath: "\(folder)/0000\(index).png"))
    }
    return folder
  }

  /// A new file with these bytes.
  func file(_ name: String, _ data: Data) throws -> String {
    let path = fresh(name)
    try data.write(to: URL(fileURLWithPath: path))
    return path
  }

  /// A copy of a folder with something changed in it.
  func copy(of path: String, _ change: (URL) throws -> Void) throws -> String {
    let copy = URL(fileURLWithPath: fresh("copy"))
    try FileManager.default.copyItem(at: URL(fileURLWithPath: path), to: copy)
    try change(copy)
    return copy.path
  }
}

import Foundation
import Testing

@Suite struct ScenesTests {
  private static let small = ["--size", "96x54", "--frames", "3"]

  /// Clips of their own, that evaluate and meta-train read: frames and masks of the size and number asked for.
  @Test func drawsClipsWithTheirMasks() throws {
    let folder = try Fixture.shared.get().fresh("scenes")
    let result = try Command.run(["scenes", "-o", folder, "--count", "2", "--seed", "7"] + Self.small)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "\(folder)/scene-7\n\(folder)/scene-8\n")
    func files(_ path: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(path)").sorted()
    }
    #expect(try files("") == ["scene-7", "scene-8"])
    for name in ["frames", "masks"] {
      #expect(try files("scene-7/\(name)") == ["00000.png", "00001.png", "00002.png"])
    }
    func frame(_ seed: Int) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: "\(folder)/scene-\(seed)/frames/00001.png"))
    }
    #expect(try frame(7) != frame(8))
    let mask = try Command.run([
      "mask", "\(folder)/scene-7", "--masks", "\(folder)/scene-7/masks", "--against", "\(folder)/scene-7/masks",
    ])
    #expect(mask.status == 0, "\(mask.errors)")
    #expect(mask.output.contains("1.000"))
  }

  @Test func severalObjectsHaveAFolderOfMasksEach() throws {
    let folder = try Fixture.shared.get().fresh("scenes")
    let result = try Command.run(["scenes", "-o", folder, "--objects", "2"] + Self.small)
    #expect(result.status == 0, "\(result.errors)")
    let masks = try FileManager.default.contentsOfDirectory(atPath: folder + "/scene-0/masks").sorted()
    #expect(masks == ["foreground0", "foreground1"])
  }

  /// A clip that is there is never replaced unasked, and nothing is drawn beside it.
  @Test func aClipThatIsThereStays() throws {
    let folder = try Fixture.shared.get().fresh("scenes")
    let own = folder + "/scene-1"
    try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
    let arguments = ["scenes", "-o", folder, "--count", "2"] + Self.small
    let refused = try Command.run(arguments)
    #expect(refused.status != 0 && refused.errors.contains("scene-1") && refused.errors.contains("--force"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["scene-1"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: own).isEmpty)
    #expect(try Command.run(arguments + ["--force"]).status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: own).sorted() == ["frames", "masks"])
  }

  @Test(arguments: [
    (["--count", "0"], Int32(64), "--count must be from 1 to 1000"), (["--frames", "0"], 64, "--frames must be"),
    (["--objects", "9"], 64, "--objects must be"), (["--size", "95x54"], 64, "--size"),
    (["--size", "8192x8192", "--frames", "4"], 64, "can have 3 frames"),
  ])
  func wrongNumbersAreRefused(extra: [String], status: Int32, word: String) throws {
    let result = try Command.run(["scenes", "-o", "/nowhere"] + extra)
    #expect(result.status == status && result.errors.contains(word), "\(result.errors)")
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
    let result = try Command.run(["scenes", "-o", "/proc/nowhere"] + Self.small)
    #expect(result.status == 74 && result.errors.contains("/proc/nowhere"), "\(result.errors)")
  }
}

import Decomposition
import Foundation
import Media
import SyntheticScenes
import Testing

@testable import Session

/// What a library told while it was opened.
private final class Listener {
  var new: [Bool] = []
  var warnings: [String] = []
  var context: SessionContext {
    SessionContext(onEvent: { event in
      switch event {
      case .clipReady(_, _, _, let isNew): self.new.append(isNew)
      case .warning(let sentence): self.warnings.append(sentence)
      default: break
      }
    })
  }
}

@Suite struct PreparedClipLibraryTests {
  private let scene: SceneOnDisk
  private var cache: URL { scene.path("cache") }

  init() throws { scene = try SceneOnDisk([.panning(0.01)]) }

  private var preparation: ClipPreparation {
    ClipPreparation(source: ClipSource(path: scene.frames), masks: .given(path: scene.masks))
  }

  private func open(_ preparations: [ClipPreparation]) throws -> (library: PreparedClipLibrary, heard: Listener) {
    let listener = Listener()
    return (try PreparedClipLibrary(preparations, in: cache, listener.context), listener)
  }

  @Test func everyWayToMasksHasAPlaceOfItsOwn() {
    let hint = MaskHint(frame: 2, .box(x: 1, y: 2, width: 3, height: 4))
    let choices: [MaskChoice] = [
      .automatic, .moving, .given(path: "a"), .given(path: "b"), .guided(by: [hint], over: .automatic),
      .guided(by: [hint], over: .given(path: "a")), .guided(by: [MaskHint(.mask(path: "a"))], over: .automatic),
    ]
    let names = choices.map { ClipPreparation(source: ClipSource(path: scene.frames), masks: $0).fileName }
    #expect(Set(names).count == choices.count)
  }

  private func change(_ path: String) throws {
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    data.append(0)
    try data.write(to: URL(fileURLWithPath: path))
  }

  @Test func clipsArePreparedOnceAndAsWithoutTheFile() throws {
    var shorter = preparation
    shorter.source.frames = 0..<3
    let (first, heard) = try open([preparation, shorter])
    #expect(heard.new == [true, true] && heard.warnings.isEmpty)
    #expect(first.count == 2 && first.name(of: 0) == scene.folder.lastPathComponent)
    let (again, heardAgain) = try open([shorter, preparation])
    #expect(heardAgain.new == [false, false])
    #expect(try again.clip(0).frames.count == 3 && again.clip(1).frames.count == 4)
    let context = SessionContext()
    let direct = try Preparation(
      clip: preparation.source.read(context), masks: preparation.masks, context
    ).trainingClip()
    let kept = try first.clip(0)
    #expect(kept.frames == direct.frames && kept.flow == direct.flow && kept.motion == direct.motion)
    #expect(kept.objects.map(\.masks) == direct.objects.map(\.masks))
    #expect(kept.layerNames == direct.layerNames)
  }

  @Test(arguments: ["frames/00002.png", "masks/00001.png"])
  func whatChangedIsPreparedAgain(file: String) throws {
    _ = try open([preparation])
    try change(scene.path(file).path)
    #expect(try open([preparation]).heard.new == [true])
    #expect(try open([preparation]).heard.new == [false])
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path).count == 1)
  }

  @Test func damageIsRepairedWithAWarning() throws {
    _ = try open([preparation])
    let file = cache.appendingPathComponent(preparation.fileName)
    var data = try Data(contentsOf: file)
    data[data.count / 2] ^= 4
    try data.write(to: file)
    let (library, heard) = try open([preparation])
    #expect(heard.new == [true])
    #expect(heard.warnings.count == 1 && heard.warnings[0].contains("not those that were written"))
    try data.write(to: file)
    #expect(throws: DecompositionError.self) { try library.clip(0) }
  }

  @Test func whatIsAskedForTellsFilesApart() {
    var others = [preparation]
    var other = preparation
    other.source.size = PixelSize(width: 96, height: 54)
    others.append(other)
    other = preparation
    other.source.maximumFrames = 2
    others.append(other)
    other = preparation
    other.masks = .automatic
    others.append(other)
    other = preparation
    other.flow = .files(scene.path("flow"))
    others.append(other)
    #expect(Set(others.map(\.fileName)).count == others.count)
    #expect(Set(others.map(\.identity)).count == others.count)
    #expect(preparation.fileName.hasPrefix("frames-"))
  }

  @Test func anInterruptionKeepsWhatIsReady() throws {
    var shorter = preparation
    shorter.source.frames = 0..<3
    let listener = Listener()
    var context = listener.context
    context.shouldStop = { !listener.new.isEmpty }
    #expect(throws: SessionError.interrupted) { try PreparedClipLibrary([preparation, shorter], in: cache, context) }
    #expect(try open([preparation, shorter]).heard.new == [false, true])
  }

  @Test func aClipThatCannotBePreparedLeavesNothing() throws {
    var absent = preparation
    absent.source.path = "/nowhere.mp4"
    #expect(throws: MediaError.self) { try open([absent]) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path).isEmpty)
  }
}

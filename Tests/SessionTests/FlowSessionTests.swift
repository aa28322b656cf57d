import Foundation
import Testing

@testable import Session

@Suite struct FlowSessionTests {
  @Test func flowOfAnotherFormatTakesThePlaceOfTheOld() throws {
    let scene = try SceneOnDisk([.panning(0.01)])
    let folder = scene.path("flow")
    // In the order in which they are looked for: what is read is what was written last.
    for format in FlowFolder.Format.allCases {
      _ = try FlowSession().run(source: ClipSource(path: scene.frames), output: folder, format: format)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.count > 3 && names.allSatisfy { $0.hasSuffix(format.fileExtension) }, "\(format)")
    }
    #expect(throws: SessionError.outputIsInput(path: folder.path)) {
      try FlowSession().run(
        source: ClipSource(path: scene.frames), method: .files(folder), output: folder, format: .flo)
    }
  }

  /// Half a clip's flow would pass for the whole of a shorter one's.
  @Test func stoppedFlowLeavesWhatWasThere() throws {
    let scene = try SceneOnDisk([.panning(0.01)])
    let folder = scene.path("flow")
    func run(stopAfter files: Int) throws {
      var asked = 0
      let context = SessionContext(shouldStop: {
        asked += 1
        return asked > files
      })
      _ = try FlowSession(context).run(source: ClipSource(path: scene.frames), output: folder, format: .flo)
    }
    func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()) ?? [] }
    #expect(throws: SessionError.self) { try run(stopAfter: 3) }
    #expect(names() == [])
    try run(stopAfter: 1000)
    let whole = names()
    #expect(whole.count > 3 && whole.allSatisfy { $0.hasSuffix(".flo") })
    try Data("kept".utf8).write(to: folder.appendingPathComponent(whole[0]))
    #expect(throws: SessionError.self) { try run(stopAfter: 3) }
    #expect(names() == whole)
    #expect(try Data(contentsOf: folder.appendingPathComponent(whole[0])) == Data("kept".utf8))
  }
}

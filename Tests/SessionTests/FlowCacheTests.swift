import Decomposition
import Foundation
import SyntheticScenes
import Testing

@testable import Session

/// What a session told.
private final class Listener {
  var warnings: [String] = []
  var flowPairs = 0

  var context: SessionContext {
    SessionContext(onEvent: { event in
      switch event {
      case .warning(let sentence): self.warnings.append(sentence)
      case .advanced(.flow, _, _): self.flowPairs += 1
      default: break
      }
    })
  }
}

@Suite struct FlowCacheTests {
  private let scene: SceneOnDisk
  private let project: URL

  init() throws {
    scene = try SceneOnDisk([.panning(0.01)])
    project = scene.path("project")
    var request = DecomposeRequest(source: ClipSource(path: scene.frames), output: project)
    request.masks = .given(path: scene.masks)
    request.budget = .iterations(3)
    _ = try DecomposeSession().run(request)
  }

  @Test func flowIsComputedOnce() throws {
    let listener = Listener()
    _ = try EvaluateSession(listener.context).run(project: project)
    #expect(listener.flowPairs == 0)
    #expect(listener.warnings.isEmpty)
  }

  @Test(arguments: ["truncated", "not finite", "another file"])
  func aDamagedCacheIsComputedAgainWithAWarning(damage: String) throws {
    let before = try EvaluateSession().run(project: project)
    let file = ProjectLayout(folder: project).flowCache
    var data = try Data(contentsOf: file)
    switch damage {
    case "truncated": data = data.prefix(data.count / 2)
    case "not finite": data.replaceSubrange(data.count - 4..<data.count, with: [0, 0, 0xC0, 0x7F])
    default: data = Data("something else".utf8)
    }
    try data.write(to: file)
    let listener = Listener()
    let after = try EvaluateSession(listener.context).run(project: project)
    #expect(after == before)
    #expect(listener.flowPairs == 3)
    #expect(listener.warnings.count == 1 && listener.warnings[0].contains("damaged"))
  }

  @Test func anotherRunOnTheSameFramesTakesIt() throws {
    let listener = Listener()
    var request = DecomposeRequest(source: ClipSource(path: scene.frames), output: project)
    request.masks = .given(path: scene.masks)
    request.budget = .iterations(1)
    request.force = true
    _ = try DecomposeSession(listener.context).run(request)
    #expect(listener.flowPairs == 0)
  }

  @Test func theFlowOfAnotherMethodIsNotTaken() throws {
    let clip = try ClipSource(path: scene.frames).read(SessionContext())
    let file = ProjectLayout(folder: project).flowCache
    let raft = FlowChoice("raft:/weights.pth")
    #expect(FlowCache(url: file, of: .dis).read(for: clip.frames) { _ in } != nil)
    #expect(FlowCache(url: file, of: raft).read(for: clip.frames) { _ in } == nil)
  }

  @Test func theFlowOfOtherFramesIsNotTaken() throws {
    let other = try SceneOnDisk([.panning(-0.01, seed: 4)])
    let listener = Listener()
    _ = try EvaluateSession(listener.context).run(project: project, sourcePath: other.frames)
    #expect(listener.flowPairs == 3)
    #expect(listener.warnings.isEmpty)
  }
}

import Foundation
import Media
import Testing

@testable import Session

@Suite struct SourceFramesTests {
  @Test func framesComeInAnyOrder() throws {
    let scene = try SceneOnDisk([.panning(0.01, frames: 6)])
    let clip = try ClipReader.read(URL(fileURLWithPath: scene.frames), ClipRequest(frames: 1..<6))
    let source = ProjectRecord.Source(clip: clip, path: scene.frames)
    let frames = try SourceFrames(source, SessionContext())
    for index in [0, 0, 2, 2, 4, 1, 3, 0] { #expect(try frames.frame(index) == clip.frames[index]) }
    #expect(try frames.clip().frames == clip.frames)
    // One that is gone: an error when its turn comes, and again.
    try FileManager.default.removeItem(at: scene.path("frames/00005.png"))
    #expect(throws: MediaError.self) { try SourceFrames(source, SessionContext()) }
    try Data("damaged".utf8).write(to: scene.path("frames/00005.png"))
    let damaged = try SourceFrames(source, SessionContext())
    #expect(try damaged.frame(3) == clip.frames[3])
    for _ in 0..<2 { #expect(throws: MediaError.self) { try damaged.frame(4) } }
    #expect(try damaged.frame(1) == clip.frames[1])
  }
}

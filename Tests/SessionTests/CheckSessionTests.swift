import Foundation
import Media
import Session
import SyntheticScenes
import Testing

@Suite struct CheckSessionTests {
  private func report(_ configurations: [SceneConfiguration]) throws -> CheckReport {
    let scene = try SceneOnDisk(configurations)
    return try CheckSession().run(source: ClipSource(path: scene.frames), masks: .given(path: scene.masks))
  }

  @Test(arguments: [0.0, 0.01, 0.02])
  func theCamerasMotionIsMeasured(share: Double) throws {
    let report = try report([.panning(share)])
    #expect(abs(report.cameraMotionPixels - share * 192) < 0.3)
    #expect(report.cuts.isEmpty)
    #expect(report.trustedFlow.allSatisfy { $0 > 0.5 })
  }

  @Test func aCutIsNamed() throws {
    let report = try report([.panning(0.01, frames: 3), .panning(0.01, frames: 3, seed: 9)])
    #expect(report.cuts == [3], "trusted flow \(report.trustedFlow)")
    #expect(
      report.warnings.contains {
        $0.contains("another shot begins at frame 3; take one shot at a time, the longest with --frames 0..<3")
      })
  }

  @Test func coverageIsThatOfTheMasks() throws {
    let configuration = SceneConfiguration.panning(0.01)
    let report = try report([configuration])
    #expect(report.objects.map(\.name) == ["foreground"])
    #expect(report.objects[0].coverage == SceneGenerator.make(configuration).masks[0].masks.map(\.coverage))
  }
}

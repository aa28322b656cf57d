import Foundation
import Media
import SyntheticScenes
import Testing

@testable import Session

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
        $0.contains("another shot begins at frame 3; take one shot at a time, the longest with --frames 0...2")
      })
  }

  @Test func coverageIsThatOfTheMasks() throws {
    let configuration = SceneConfiguration.panning(0.01)
    let report = try report([configuration])
    #expect(report.objects.map(\.name) == ["foreground"])
    #expect(report.objects[0].coverage == SceneGenerator.make(configuration).masks[0].masks.map(\.coverage))
  }

  @Test func automaticMasksThatAreUncertainAreNamedAndGivenOnesAreNot() throws {
    let given = try report([.panning(0.01)])
    #expect(given.objects[0].maskCertainty == nil)
    func judged(_ certainty: Double) -> (verdict: CheckReport.Verdict, warnings: [String]) {
      var report = given
      report.objects[0].maskCertainty = certainty
      return CheckVerdict.judge(report)
    }
    #expect(judged(0.9).warnings == given.warnings)
    #expect(judged(0.6).verdict == .doubtful)
    let new = judged(0.6).warnings.filter { !given.warnings.contains($0) }
    let sentence = try #require(new.count == 1 ? new.first : nil)
    for part in ["the mask of foreground is doubtful", "60.0 %", "--mask FRAME=FILE"] {
      #expect(sentence.contains(part))
    }
  }

  /// A texture bears an object whose flow is mostly unknown no better than a frame that is.
  @Test func anObjectWhoseFlowCannotBeTrustedIsNamed() throws {
    let scene = try SceneOnDisk([.panning(0.01)])
    let source = ClipSource(path: scene.frames)
    func report(flow: URL) throws -> CheckReport {
      try CheckSession().run(source: source, masks: .given(path: scene.masks), flow: .files(flow))
    }
    let frames = SceneGenerator.make(.panning(0.01))
    let folder = scene.folder.appendingPathComponent("flow")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    func write(spoiled: Bool) throws {
      for (index, pair) in frames.exactFlow().enumerated() {
        var forward = pair.forward
        let mask = frames.masks[0].masks[index]
        // Half of the object's pixels are led astray.
        for pixel in 0..<mask.size.pixelCount where spoiled && mask.values[pixel] > 127 && pixel % 2 == 0 {
          forward.vectors[2 * pixel] += 9
        }
        try FlowFile.write(forward, to: folder.appendingPathComponent(String(format: "forward_%05d.flo", index)))
        try FlowFile.write(pair.backward, to: folder.appendingPathComponent(String(format: "backward_%05d.flo", index)))
      }
    }
    try write(spoiled: false)
    let good = try report(flow: folder)
    #expect(good.objects[0].trustedFlow > 0.8)
    #expect(!good.warnings.contains { $0.contains("the flow of foreground") })
    try write(spoiled: true)
    let poor = try report(flow: folder)
    #expect(poor.objects[0].trustedFlow < 0.6 && poor.verdict == .doubtful)
    #expect(poor.warnings.contains { $0.contains("the flow of foreground can be trusted in only") }, "\(poor.warnings)")
  }
}

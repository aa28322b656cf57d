import Foundation
import Media
import Testing

@testable import Session

@Suite struct BenchTests {
  /// Everything as small as it can be.
  private static let tiny: BenchRequest = {
    var request = BenchRequest()
    request.repetitions = 1
    request.warmUp = 0
    request.threads = 2
    request.size = PixelSize(width: 64, height: 48)
    request.frames = 4
    request.points = 240
    request.modelIterations = 2
    request.log2TableSize = 6
    request.textureSide = 32
    request.peakEffort = 0.001
    request.truthIterations = 64
    request.trainingSeconds = 0.2
    request.thresholds = [90, 1]
    return request
  }()

  @Test(arguments: BenchScenarios.all.map(\.name))
  func everyScenarioRuns(name: String) throws {
    let scenario = try #require(BenchScenarios.named(name))
    let result = try BenchSession().run(scenario, Self.tiny)
    #expect(result.scenario == name)
    #expect(result.threads == 2)
    #expect(result.seconds.count == 1)
    #expect(result.medianSeconds > 0 && result.medianSeconds.isFinite)
    #expect(try #require(result.peakMemoryBytes) > 1 << 20)
    for rate in [result.gflops, result.peakGflops, result.gigabytesPerSecond, result.peakGigabytesPerSecond] {
      if let rate { #expect(rate > 0 && rate.isFinite) }
    }
    let again = try JSONDecoder().decode(BenchResult.self, from: JSONEncoder().encode(result))
    #expect(again == result)
  }

  @Test func namesAreDifferent() {
    let names = BenchScenarios.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(BenchScenarios.named("warp") == nil)
  }

  @Test(arguments: [IterationScenario.paper, .fast])
  func sharesOfAnIterationSumToOne(scenario: IterationScenario) throws {
    let share = try #require(try scenario.run(Self.tiny).share)
    #expect(Set(share.keys) == ["draw", "forward", "losses", "backward", "update"])
    #expect(share.values.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(abs(share.values.reduce(0, +) - 1) < 1e-9)
  }

  @Test func settingsChangeWhatATrainingScenarioRuns() throws {
    let trained = BenchScenarios.all.filter(\.hasSettings)
    #expect(Set(trained.map(\.name)) == ["iteration", "fast-iteration", "threads", "time-to-psnr", "truth"])
    var request = Self.tiny
    for setting in ["training.sampling.no_such_field=1", "training.sampling.flow_every=0"] {
      request.settings = try SettingsDifference.parse(setting)
      for scenario in trained {
        #expect(throws: SessionError.self, "\(scenario.name)") { try scenario.run(request) }
      }
    }
  }

  @Test func networksAreMeasuredForwardAndWithGradients() throws {
    let result = try NetworkScenario().run(Self.tiny)
    let names = try #require(result.details).map(\.name)
    for network in ["mapping-256", "mapping-128", "field-64"] {
      for work in ["forward", "forward+backward"] { #expect(names.contains("\(network) f32 \(work)")) }
    }
    #expect(result.gflops != nil && result.peakGflops != nil)
  }

  @Test func framesASecondAreThoseOfTheMedian() throws {
    for scenario in [RenderScenario(), EditScenario()] as [any BenchScenario] {
      let result = try scenario.run(Self.tiny)
      #expect(result.framesPerSecond == 1 / result.medianSeconds)
    }
  }

  @Test func thresholdsAreInOrderAndTheUnreachableOneHasNoTime() throws {
    let result = try TimeToQualityScenario().run(Self.tiny)
    let thresholds = try #require(result.thresholds)
    #expect(thresholds.map(\.psnr) == [1, 90])
    #expect(thresholds[0].seconds == result.medianSeconds)
    #expect(thresholds[1].seconds == nil)
    #expect(try #require(result.finalPSNR) > 1)
  }

  @Test func oneThreadIsComparedWithAll() throws {
    let result = try ThreadScenario().run(Self.tiny)
    #expect(result.details?.map(\.name) == ["1 thread", "2 threads"])
    #expect(try #require(result.speedup) > 0)
  }

  @Test(arguments: [
    (IterationScenario.paper, ["--preset", "paper", "--threads", "2", "--points", "10000", "--patches", "1000"]),
    (.fast, ["--preset", "fast", "--threads", "2", "--points", "10000", "--patches", "104"]),
  ])
  func thePeerIsAskedForTheSameWork(scenario: IterationScenario, arguments: [String]) {
    #expect(scenario.peerArguments(threads: 2) == arguments)
  }

  @Test func aPeerWithoutTheScenarioIsAnError() {
    var request = Self.tiny
    request.peerScript = URL(fileURLWithPath: "/nowhere/bench_iteration.py")
    #expect(throws: SessionError.peerFailed(reason: "it has no scenario adam; leave --peer out")) {
      try BenchSession().run(AdamScenario(), request)
    }
  }

  @Test func anAbsentPeerIsNamed() {
    let script = URL(fileURLWithPath: "/nowhere/bench_iteration.py")
    #expect(throws: SessionError.fileAbsent(option: "--peer", path: script.path)) {
      try PeerProcess(script: script).run([])
    }
  }
}

import Decomposition
import Foundation
import Testing

@testable import Session

@Suite struct CompareSessionTests {
  private let scene: SceneOnDisk
  private var output: URL { scene.path("curves") }
  private static let small: [String: JSONValue] = [
    "training": .object(["sampling": .object(["batch_points": .number(300)])])
  ]

  init() throws { scene = try SceneOnDisk([.panning(0.01)]) }

  private func request(_ initial: InitialChoice, iterations: [Int]) -> ComparisonRequest {
    let clip = ClipPreparation(source: ClipSource(path: scene.frames), masks: .given(path: scene.masks))
    var request = ComparisonRequest(
      subject: .clip(clip), initial: initial, budgets: iterations.map(TrainingBudget.iterations), output: output)
    request.settings = Self.small
    request.threads = 2
    return request
  }

  @Test func scratchAgainstItselfIsEqual() throws {
    let result = try CompareSession().run(request(.scratch, iterations: [3, 60]))
    #expect(result.budgets.count == 2 && result.frames == 4 && result.preset == .fast && result.settings == Self.small)
    for pair in result.budgets {
      #expect(pair.gain == 0 && pair.run.evaluation == pair.baseline.evaluation)
      #expect(pair.run.curve.points.map(\.psnr) == pair.baseline.curve.points.map(\.psnr))
      let points = pair.baseline.curve.points
      let first = try #require(points.first { $0.psnr >= points[points.count - 1].psnr })
      #expect(pair.passes?.iteration == first.iteration)
    }
    #expect(result.budgets[0].run.curve.points.map(\.iteration) == [0, 1, 2, 3])
    let points = result.budgets[1].run.curve.points
    #expect(points.count == 51 && points[0].iteration == 0 && points[50].iteration == 60)
    #expect(zip(points, points.dropFirst()).allSatisfy { $0.seconds < $1.seconds && $0.iteration < $1.iteration })
    #expect(points[50].psnr > points[0].psnr + 1)
  }

  /// A start that is trained already is ahead at once, and passes what the baseline ends with early.
  @Test func aTrainedModelIsAheadOnItsOwnClip() throws {
    let project = scene.path("project")
    var decompose = DecomposeRequest(source: ClipSource(path: scene.frames), output: project)
    decompose.masks = .given(path: scene.masks)
    decompose.budget = .iterations(150)
    decompose.settings = Self.small
    _ = try DecomposeSession().run(decompose)
    let model = ProjectLayout(folder: project).model
    var comparison = request(.file(model), iterations: [40])
    let result = try CompareSession().run(comparison)
    let pair = result.budgets[0]
    #expect(pair.run.start == "project" && pair.baseline.start == "scratch")
    #expect(pair.gain > 0.5)
    #expect(pair.run.curve.points[0].psnr > pair.baseline.curve.points[0].psnr + 3)
    #expect(try #require(pair.passes).iteration < 40)

    let written = try JSONDecoder().decode(
      ComparedStarts.self, from: Data(contentsOf: output.appendingPathComponent("curves.json")))
    #expect(written == result)
    let picture = try String(contentsOf: output.appendingPathComponent("curves.svg"), encoding: .utf8)
    #expect(picture.contains(">project<") && picture.contains(">scratch<"))

    // The project's clip, masks, flow, preset and settings are those of the clip itself.
    comparison.subject = .project(project, sourcePath: nil)
    comparison.settings = [:]
    let again = try CompareSession().run(comparison)
    let base = DecompositionConfiguration.preset(.fast, for: result.size)
    let expected = try SettingsDifference.of(SettingsDifference.apply(Self.small, to: base), from: .preset(.fast))
    #expect(again.settings == expected)
    #expect(again.budgets[0].run.evaluation == pair.run.evaluation)
    comparison.preset = .paper
    #expect(throws: DecompositionError.self) { try CompareSession().run(comparison) }
  }

  @Test func anInterruptionWritesNothing() throws {
    var asked = 0
    let context = SessionContext(shouldStop: {
      asked += 1
      return asked > 5
    })
    #expect(throws: SessionError.interrupted) {
      try CompareSession(context).run(request(.scratch, iterations: [50]))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: output.path).isEmpty)
  }

  /// A trained start needs no warm-up, which would undo its mappings.
  @Test func theWarmUpIsForRandomStartsOnly() throws {
    let clip = try Preparation(
      clip: ClipSource(path: scene.frames).read(SessionContext()), masks: .given(path: scene.masks), SessionContext()
    ).trainingClip()
    var configuration = try SettingsDifference.apply(Self.small, to: DecompositionConfiguration.preset(.fast))
    (configuration.training.flowWarmupIterations, configuration.training.paintedStart) = (0, false)
    let trained = try Trainer(clip: clip, configuration: configuration, seed: 3, threads: 2)
    let start = ModelAsStart(trained.model, name: "random values")
    func first(_ initial: any InitialParameters, warmup: Int) throws -> QualityCurve {
      configuration.training.warmupIterations = warmup
      let comparison = StartComparison(
        clip: clip, name: "scene", configuration: configuration, seed: 3, threads: 2, context: SessionContext())
      return try comparison.train(from: comparison.start(initial), .iterations(0)).curve
    }
    func quality(_ curve: QualityCurve) -> [Double] { curve.points.map(\.psnr) }
    let given = try quality(first(start, warmup: 1))
    #expect(try quality(first(FromScratch(), warmup: 0)) == given)
    #expect(try quality(first(FromScratch(), warmup: 1)) != given)
  }
}

import Decomposition
import Foundation
import Media

/// Full decode: every network at every pixel of a frame where its layer is seen.
public struct RenderScenario: BenchScenario {
  public let name = "render"
  public let summary = "full decode of a frame of 768x432, layers and reconstruction"

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let bench = try BenchModel(request)
    let renderer = Renderer(model: bench.model, threads: request.threads)
    var kept: RenderedFrame?
    let work = BenchWork(name) { round in
      kept = renderer.frame(round % bench.clip.frames.count, reusing: kept)
    }
    return try BenchRounds([work], request, repetitions: request.repetitions ?? defaultRepetitions)
      .frames(self, request)
  }
}

/// An edit of every layer's whole texture, rendered from kept layer maps: the picture alone, without decoding or encoding.
public struct EditScenario: BenchScenario {
  public let name = "edit"
  public let summary = "a frame of 768x432 with every layer painted all over, from kept layer maps"
  public var defaultRepetitions: Int { 33 }

  public func run(_ request: BenchRequest) throws -> BenchResult {
    let bench = try BenchModel(request)
    let renderer = Renderer(model: bench.model, threads: request.threads)
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("hypernvd-bench-\(UUID().uuidString).bin")
    defer { try? FileManager.default.removeItem(at: url) }
    try renderer.writeLayerMaps(to: url)
    guard let maps = LayerMapFile(contentsOf: url, for: bench.model) else {
      throw SessionError.unwritable(path: url.path, reason: "what was written cannot be read")
    }
    let size = PixelSize(width: request.textureSide, height: request.textureSide)
    let paint = RGBAImage(size: size, pixels: (0..<size.pixelCount).flatMap { _ in [200, 40, 90, 255] as [UInt8] })
    let edits = Dictionary(uniqueKeysWithValues: bench.model.layerNames.map { ($0, paint) })
    let editor = try EditRenderer(renderer: renderer, edits: edits, maps: maps)
    let frames = bench.clip.frames
    let work = BenchWork(name) { round in
      let index = round % frames.count
      _ = editor.frame(index, source: frames[index])
    }
    return try BenchRounds([work], request, repetitions: request.repetitions ?? defaultRepetitions)
      .frames(self, request)
  }
}

extension BenchRounds {
  /// The result of a scenario whose repetition is one frame.
  fileprivate func frames(_ scenario: any BenchScenario, _ request: BenchRequest) -> BenchResult {
    var result = result(scenario, request)
    result.framesPerSecond = 1 / result.medianSeconds
    return result
  }
}

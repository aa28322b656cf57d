import Foundation
import Media
import Testing

@testable import Decomposition

/// Kept layer maps give the pictures that the networks give, and never another model's.
@Suite struct LayerMapTests {
  private let url = FileManager.default.temporaryDirectory.appendingPathComponent("maps-\(UUID().uuidString).bin")

  private func trained() throws -> (renderer: Renderer, clip: TrainingClip) {
    let clip = try makeClip().clip
    let trainer = try Trainer(clip: clip, configuration: .tiny(.fast), seed: 1, threads: 2)
    _ = try trainer.train(budget: .iterations(60))
    return (Renderer(model: trainer.model, threads: 2), clip)
  }

  @Test func keptMapsGiveTheSameFrames() throws {
    let (renderer, clip) = try trained()
    defer { try? FileManager.default.removeItem(at: url) }
    try renderer.writeLayerMaps(to: url)
    let size = PixelSize(width: 40, height: 40)
    let paint = RGBAImage(size: size, pixels: (0..<4 * size.pixelCount).map { UInt8(truncatingIfNeeded: $0 * 37) })
    let edits = ["foreground": paint, "background": paint]
    let maps = try #require(LayerMapFile(contentsOf: url, for: renderer.model))
    let (kept, evaluated) = (
      try EditRenderer(renderer: renderer, edits: edits, maps: maps),
      try EditRenderer(renderer: renderer, edits: edits)
    )
    for (index, source) in clip.frames.enumerated() {
      #expect(maps.map(frame: index, layer: 1) != nil)
      let frame = kept.frame(index, source: source)
      #expect(frame == evaluated.frame(index, source: source))
      #expect(frame != source)
    }
  }

  @Test func mapsOfAnotherModelAreNotUsed() throws {
    let (renderer, _) = try trained()
    defer { try? FileManager.default.removeItem(at: url) }
    try renderer.writeLayerMaps(to: url)
    renderer.model.parameters[renderer.model.layout.tensors[0].offset] += 1e-6
    #expect(LayerMapFile(contentsOf: url, for: renderer.model) == nil)
  }

  @Test func damagedFilesAreRefused() throws {
    let (renderer, clip) = try trained()
    defer { try? FileManager.default.removeItem(at: url) }
    #expect(LayerMapFile(contentsOf: url, for: renderer.model) == nil)
    try renderer.writeLayerMaps(to: url)
    let whole = try Data(contentsOf: url)
    for length in [0, 7, 56, 70, whole.count / 2, whole.count - 1] {
      try whole.prefix(length).write(to: url)
      var reasons = 0
      #expect(LayerMapFile(contentsOf: url, for: renderer.model) { _ in reasons += 1 } == nil)
      #expect(reasons == (length > 56 ? 1 : 0) || length == 56)
    }
    let map = LayerMap(renderer.frame(0), layer: 1).bytes
    for offset in 0..<min(64, map.count) {
      var bytes = map
      bytes[offset] ^= 0x81
      _ = LayerMap(bytes: bytes, pixels: clip.geometry.size.pixelCount)
    }
    #expect(LayerMap(bytes: map.dropLast(), pixels: clip.geometry.size.pixelCount) == nil)
    #expect(LayerMap(bytes: map, pixels: clip.geometry.size.pixelCount) != nil)
  }

  /// A byte that changed on the disk: its frame is evaluated, all others come from the file.
  @Test func damagedMapsAreNotUsed() throws {
    let (renderer, clip) = try trained()
    defer { try? FileManager.default.removeItem(at: url) }
    try renderer.writeLayerMaps(to: url)
    let paint = RGBAImage(
      size: PixelSize(width: 40, height: 40), pixels: (0..<6400).map { UInt8(truncatingIfNeeded: $0 * 37) })
    let whole = try Data(contentsOf: url)
    // In the last map, behind its list of runs: opacity or light.
    var changed = whole
    changed[whole.count - 100] ^= 0x40
    try changed.write(to: url)
    let maps = try #require(LayerMapFile(contentsOf: url, for: renderer.model))
    let last = clip.frames.count - 1
    #expect(maps.map(frame: last, layer: 1) == nil && maps.map(frame: 0, layer: 1) != nil)
    let edits = ["background": paint]
    let (kept, evaluated) = (
      try EditRenderer(renderer: renderer, edits: edits, maps: maps),
      try EditRenderer(renderer: renderer, edits: edits)
    )
    #expect(kept.frame(last, source: clip.frames[last]) == evaluated.frame(last, source: clip.frames[last]))
  }
}

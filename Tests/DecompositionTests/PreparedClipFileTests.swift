import Foundation
import Media
import Testing
import Weights

@testable import Decomposition

@Suite struct PreparedClipFileTests {
  private let url = FileManager.default.temporaryDirectory.appendingPathComponent(
    "clip-\(UUID().uuidString).safetensors")

  private func written(_ clip: TrainingClip) throws -> TrainingClip {
    try PreparedClipFile.write(clip, name: "scene", identity: "a scene", to: url)
    return try PreparedClipFile(contentsOf: url).load()
  }

  /// A clip whose frames have values that no 8-bit source gives.
  private func withSixteenBits(_ clip: TrainingClip) throws -> TrainingClip {
    var frames = clip.frames
    frames[1].pixels[7] ^= 1
    return try TrainingClip(frames: frames, objects: clip.objects, flow: clip.flow, motion: clip.motion)
  }

  @Test(arguments: [1, 2])
  func nothingChanges(foregrounds: Int) throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let clip = try withSixteenBits(makeClip(width: 50, height: 33, foregrounds: foregrounds).clip)
    let read = try written(clip)
    #expect(read.geometry == clip.geometry && read.layerNames == clip.layerNames)
    #expect(read.frames == clip.frames)
    #expect(read.flow == clip.flow)
    #expect(read.motion == clip.motion)
    #expect(read.objects.map(\.masks) == clip.objects.map(\.masks))
    let file = try PreparedClipFile(contentsOf: url)
    #expect(file.name == "scene" && file.identity == "a scene")
    #expect(file.geometry == clip.geometry && file.layerNames == clip.layerNames)
  }

  @Test func trainingIsTheSameBitForBit() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let clip = try withSixteenBits(makeClip(pan: 0.02).clip)
    let models = try [clip, written(clip)].map { clip in
      let trainer = try Trainer(clip: clip, configuration: .tiny(.fast), seed: 5, threads: 2)
      _ = try trainer.train(budget: .iterations(10))
      return trainer.model.parameters.values
    }
    #expect(models[0] == models[1])
  }

  @Test func framesOfEightBitsTakeEightBits() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let clip = try makeClip().clip
    let eight = clip.frames.map { frame in
      Frame(size: frame.size, pixels: frame.pixels.map { $0 >> 8 * 257 })
    }
    let narrow = try TrainingClip(frames: eight, objects: clip.objects, flow: clip.flow, motion: clip.motion)
    #expect(try written(narrow).frames == eight)
    let file = try TensorFile(contentsOf: url)
    #expect(try file.info("frame.0").type == .u8)
    #expect(try written(withSixteenBits(narrow)).frames != eight)
    let wide = try TensorFile(contentsOf: url)
    #expect(try wide.info("frame.0").type == .u8 && wide.info("frame.1").type == .u16)
  }

  @Test func filesThatAreNoPreparedClipsAreRefused() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    #expect(throws: DecompositionError.absentFile(path: url.path)) { try PreparedClipFile(contentsOf: url) }
    try Data("no clip".utf8).write(to: url)
    #expect(throws: DecompositionError.self) { try PreparedClipFile(contentsOf: url) }
    try SafetensorsWriter.write(tensors: [("x", [1], [1])], to: url)
    let foreign = #expect(throws: DecompositionError.self) { try PreparedClipFile(contentsOf: url) }
    #expect(foreign?.description.contains("not a prepared clip") == true)
    let trainer = try Trainer(clip: makeClip().clip, configuration: .tiny(.fast), seed: 1, threads: 1)
    try trainer.model.save(to: url)
    #expect(throws: DecompositionError.self) { try PreparedClipFile(contentsOf: url) }
  }

  @Test func anotherVersionIsNamed() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    _ = try written(makeClip().clip)
    let version = PreparedClipFile.version
    try replace("\\\"version\\\":\(version)", with: "\\\"version\\\":\(version + 1)")
    let error = #expect(throws: DecompositionError.self) { try PreparedClipFile(contentsOf: url) }
    #expect(error?.description.contains("it has format \(version + 1), this program reads \(version)") == true)
  }

  @Test func truncatedFilesAreRefused() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    _ = try written(makeClip(width: 16, height: 16, frames: 2).clip)
    let whole = try Data(contentsOf: url)
    for count in stride(from: 0, to: whole.count, by: 11) {
      try whole.prefix(count).write(to: url)
      #expect(throws: DecompositionError.self, "\(count) bytes") { try PreparedClipFile(contentsOf: url).load() }
    }
  }

  /// A change anywhere in the file is noticed, but for those that leave what is read as it was.
  @Test func mutatedFilesAreRefused() throws {
    defer { try? FileManager.default.removeItem(at: url) }
    let clip = try makeClip(width: 16, height: 16, frames: 2).clip
    _ = try written(clip)
    let whole = try Data(contentsOf: url)
    var random = RandomSourceForDamage(state: 9)
    for _ in 0..<3000 {
      var data = whole
      for _ in 0...random.below(3) { data[random.below(data.count)] = UInt8(random.below(256)) }
      try data.write(to: url)
      do {
        let read = try PreparedClipFile(contentsOf: url).load()
        #expect(read.frames == clip.frames && read.flow == clip.flow && read.motion == clip.motion)
      } catch {
        #expect(error is DecompositionError, "\(error)")
      }
    }
  }

  /// What a well-formed file can still get wrong.
  @Test(arguments: [
    ("\\\"width\\\":48", "\\\"width\\\":32"), ("\\\"frameCount\\\":4", "\\\"frameCount\\\":9"),
    ("\\\"frameCount\\\":4", "\\\"frameCount\\\":0"), ("\\\"background\\\"", "\\\"somewhere!\\\""),
    ("\\\"matrix\\\":[", "\\\"matrix\\\":[1,"), ("\"U16\"", "\"I16\""), ("\"F32\"", "\"I32\""),
  ])
  func descriptionsThatDoNotFitAreRefused(_ old: String, _ new: String) throws {
    defer { try? FileManager.default.removeItem(at: url) }
    _ = try written(withSixteenBits(makeClip().clip))
    try replace(old, with: new)
    #expect(throws: DecompositionError.self) { try PreparedClipFile(contentsOf: url).load() }
  }

  /// Replaces the first occurrence of a text in the header, and keeps the header's length field right.
  private func replace(_ old: String, with new: String) throws {
    var data = try Data(contentsOf: url)
    let length = data.withUnsafeBytes { Int($0.loadUnaligned(as: UInt64.self)) }
    var header = String(decoding: data[8..<8 + length], as: UTF8.self)
    let range = try #require(header.range(of: old))
    header.replaceSubrange(range, with: new)
    let bytes = Data(header.utf8)
    data.replaceSubrange(0..<8 + length, with: withUnsafeBytes(of: UInt64(bytes.count)) { Data($0) } + bytes)
    try data.write(to: url)
  }
}

/// A small generator whose damage is the same on every run.
private struct RandomSourceForDamage {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}

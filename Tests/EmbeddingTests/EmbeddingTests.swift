import Foundation
import Inference
import Media
import Testing

@testable import Embedding

@Suite struct CompressionTests {
  @Test("The gradient agrees with central differences")
  func gradient() throws {
    var compression = TokenCompression(tokens: 5, embedder: "test")
    for index in 0..<5 {
      compression.encoder[index] = 0.1 * Float(index) - 0.15
      compression.decoder[index] = 0.7 - 0.3 * Float(index)
      compression.decoderBias[index] = 0.05 * Float(index)
    }
    compression.encoderBias = 0.02
    let window = features(tokens: 5, channels: 7, seed: 3)
    let gradient = try CompressionTraining.gradient(of: compression, window).gradient
    #expect(gradient.count == 16)
    func loss(_ change: (inout TokenCompression, Float) -> Void, _ step: Float) throws -> Float {
      var changed = compression
      change(&changed, step)
      return try CompressionTraining.gradient(of: changed, window).loss
    }
    for index in 0..<16 {
      let change: (inout TokenCompression, Float) -> Void = { c, step in
        switch index {
        case ..<5: c.encoder[index] += step
        case 5: c.encoderBias += step
        case ..<11: c.decoder[index - 6] += step
        default: c.decoderBias[index - 11] += step
        }
      }
      let numeric = (try loss(change, 1e-3) - loss(change, -1e-3)) / 2e-3
      #expect(abs(numeric - gradient[index]) < 2e-3 + 0.02 * abs(numeric), "\(index): \(numeric), \(gradient[index])")
    }
  }

  @Test("Features of one vector times weights a token are found again")
  func training() throws {
    let windows = (0..<4).map { seed in
      let vector = features(tokens: 1, channels: 48, seed: UInt64(seed)).values
      return Tensor(
        [6, 48], (0..<6).flatMap { token in vector.map { $0 * (0.4 + 0.3 * Float(token)) + Float(token) / 5 } })
    }
    var losses: [Float] = []
    let compression = try CompressionTraining().run(windows, embedder: "test") { losses.append($1) }
    let end = losses.suffix(20).max() ?? 1
    #expect(end < 0.1 * losses[0], "\(losses[0]) to \(end)")
    #expect(try compression == CompressionTraining().run(windows, embedder: "test"))
  }

  @Test("As many tokens as VideoMAE has: the loss falls from the first step on")
  func trainingOfManyTokens() throws {
    let vector = features(tokens: 1, channels: 16, seed: 5).values
    let noise = features(tokens: 1568, channels: 16, seed: 6).values
    let window = Tensor(
      [1568, 16], noise.enumerated().map { vector[$0 % 16] * (1 + Float($0 / 16) / 1568) + 0.2 * $1 })
    var training = CompressionTraining()
    training.iterations = 400
    var losses: [Float] = []
    _ = try training.run([window], embedder: "test") { losses.append($1) }
    #expect((losses.max() ?? 9) < 1.02 * losses[0] && (losses.last ?? 9) < 0.6 * losses[0])
  }

  @Test func featuresOfOtherShapesAreRefused() throws {
    let windows = [features(tokens: 4, channels: 3, seed: 1), features(tokens: 5, channels: 3, seed: 1)]
    #expect(throws: EmbeddingError.featureShape(found: [5, 3], expected: [4, 3])) {
      try CompressionTraining().run(windows, embedder: "test")
    }
    #expect(throws: EmbeddingError.self) { try CompressionTraining().run([], embedder: "test") }
    #expect(throws: EmbeddingError.self) { try TokenCompression(tokens: 3, embedder: "test").compress(windows[0]) }
  }

  private func features(tokens: Int, channels: Int, seed: UInt64) -> Tensor {
    var state = seed &+ 17
    return Tensor(
      [tokens, channels],
      (0..<tokens * channels).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 23) - 1
      })
  }
}

@Suite struct ClipDescriptorTests {
  @Test("The same window gives the same vector; another video is farther away than another window")
  func distances() throws {
    let descriptor = ClipDescriptor()
    let one = scene(frames: 20, seed: 1).clip.frames
    let other = scene(frames: 20, seed: 2).clip.frames
    let vector = try descriptor.embed(Array(one[..<16]))
    #expect(vector.count == 768)
    #expect(try vector == descriptor.embed(Array(one[..<16])))
    #expect(abs(vector.reduce(0) { $0 + $1 * $1 } / 768 - 1) < 1e-4)
    let near = try distance(vector, descriptor.embed(Array(one[1..<17])))
    let far = try distance(vector, descriptor.embed(Array(other[..<16])))
    #expect(far > 2 * near, "\(near), \(far)")
  }

  @Test("Motion alone is seen: the same frames backwards give another vector")
  func motionMatters() throws {
    let frames = scene(frames: 16).clip.frames
    let forward = try ClipDescriptor().embed(frames)
    #expect(try distance(forward, ClipDescriptor().embed(frames.reversed())) > 0.05)
  }

  @Test func extremesGiveNumbers() throws {
    let black = [Frame](repeating: Frame(size: PixelSize(width: 16, height: 16)), count: 16)
    #expect(try ClipDescriptor().embed(black).allSatisfy(\.isFinite))
    #expect(throws: EmbeddingError.windowLength(found: 15, needed: 16)) {
      try ClipDescriptor().embed(Array(black.dropLast()))
    }
    let mixed = black.dropLast() + [Frame(size: PixelSize(width: 32, height: 16))]
    #expect(throws: EmbeddingError.self) { try ClipDescriptor().embed(Array(mixed)) }
  }

  private func distance(_ a: [Float], _ b: [Float]) -> Float {
    (zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Float(a.count)).squareRoot()
  }
}

@Suite struct WindowAndLearnedTests {
  @Test func windows() {
    #expect(ClipWindow.middle(of: 20, length: 16) == Array(2..<18))
    #expect(ClipWindow.middle(of: 3, length: 6) == [0, 0, 1, 1, 2, 2])
    #expect(ClipWindow.middle(of: 0, length: 6).isEmpty)
    #expect(ClipWindow.all(of: 8, length: 6, step: 2) == [Array(0..<6), Array(2..<8)])
    #expect(ClipWindow.all(of: 3, length: 6, step: 2).count == 1)
  }

  @Test func learnedVectorsBelongToVideos() throws {
    var learned = try LearnedEmbeddings(videos: ["hike", "bear"], dimension: 4096)
    #expect(learned["boat"] == nil)
    let bear = try #require(learned["bear"])
    #expect(abs(bear.reduce(0) { $0 + $1 * $1 } / 4096 - 1) < 0.05)
    learned.values[try #require(learned.range(of: "bear")).lowerBound] = 9
    #expect(learned["bear"]?[0] == 9 && learned["hike"]?[0] != 9)
    #expect(throws: EmbeddingError.self) { try LearnedEmbeddings(videos: ["a", "a"]) }
    let decoded = try JSONDecoder().decode(LearnedEmbeddings.self, from: JSONEncoder().encode(learned))
    #expect(decoded == learned)
  }
}

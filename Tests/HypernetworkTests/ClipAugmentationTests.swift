import Decomposition
import Media
import NeuralField
import Testing

@testable import Hypernetwork

/// Augmented clips are still clips: frames, flow, masks and motion belong together as before.
@Suite struct ClipAugmentationTests {
  static let augmentations: [ClipAugmentation] = [
    change { $0.mirrored = true }, change { $0.upsideDown = true }, change { $0.backwards = true },
    change { ($0.mirrored, $0.upsideDown, $0.backwards) = (true, true, true) },
    change { $0.channels = [2, 0, 1] }, change { $0.gains = [16, 12, 9] },
  ]

  private static func change(_ body: (inout ClipAugmentation) -> Void) -> ClipAugmentation {
    var result = ClipAugmentation()
    body(&result)
    return result
  }

  /// How well flow, motion and masks explain a clip: mean differences over valid matches.
  private struct Fit {
    var colour = 0.0
    var maskChanges = 0.0
    var motionPixels = 0.0

    init(_ clip: TrainingClip) {
      let size = clip.geometry.size
      var (matches, motions) = (0.0, 0.0)
      for (t, pair) in clip.flow.enumerated() {
        for forward in [true, false] {
          let (from, to) = forward ? (t, t + 1) : (t + 1, t)
          let vectors = (forward ? pair.forward : pair.backward).vectors
          let valid = forward ? pair.forwardValid : pair.backwardValid
          for y in 0..<size.height {
            for x in 0..<size.width where valid[y * size.width + x] != 0 {
              let pixel = y * size.width + x
              let (matchX, matchY) = (Float(x) + vectors[2 * pixel], Float(y) + vectors[2 * pixel + 1])
              let (nearX, nearY) = (Int(matchX.rounded()), Int(matchY.rounded()))
              guard (0..<size.width).contains(nearX), (0..<size.height).contains(nearY) else { continue }
              let near = nearY * size.width + nearX
              matches += 1
              for channel in 0..<3 {
                colour +=
                  abs(
                    Double(clip.frames[from].pixels[3 * pixel + channel])
                      - Double(clip.frames[to].pixels[3 * near + channel])) / 65535 / 3
              }
              let inside = clip.objects[0].masks[from].values[pixel] > 127
              if inside != (clip.objects[0].masks[to].values[near] > 127) { maskChanges += 1 }
              guard !inside else { continue }
              let a = clip.motion[1][from].apply(Double(x), Double(y))
              let b = clip.motion[1][to].apply(Double(matchX), Double(matchY))
              motionPixels += abs(a.x - b.x) + abs(a.y - b.y)
              motions += 1
            }
          }
        }
      }
      colour /= matches
      maskChanges /= matches
      motionPixels /= motions
    }
  }

  @Test(arguments: augmentations) func partsStillFitEachOther(augmentation: ClipAugmentation) throws {
    let clip = try sceneClip(seed: 6)
    let (plain, changed) = (Fit(clip), Fit(try clip.augmented(by: augmentation)))
    #expect(plain.motionPixels < 0.05 && plain.maskChanges < 0.05)
    #expect(changed.motionPixels < plain.motionPixels + 1e-3)
    // Places between pixels round to the other side when mirrored.
    #expect(changed.maskChanges < 1.3 * plain.maskChanges + 0.005)
    #expect(changed.colour < 1.3 * plain.colour + 0.002)
  }

  @Test(arguments: augmentations.prefix(4)) func reflectionsAreTheirOwnInverse(augmentation: ClipAugmentation) throws {
    let clip = try sceneClip(seed: 6)
    let once = try clip.augmented(by: augmentation)
    let twice = try once.augmented(by: augmentation)
    #expect(once.frames != clip.frames)
    #expect(twice.frames == clip.frames && twice.flow == clip.flow)
    #expect(twice.objects[0].masks == clip.objects[0].masks)
    for (a, b) in zip(twice.motion.joined(), clip.motion.joined()) {
      #expect(zip(a.matrix, b.matrix).allSatisfy { abs($0 - $1) < 1e-9 })
    }
  }

  @Test func aPixelGoesWhereItShould() throws {
    let clip = try sceneClip(seed: 6)
    var augmentation = ClipAugmentation()
    (augmentation.mirrored, augmentation.backwards, augmentation.channels) = (true, true, [2, 0, 1])
    augmentation.gains = [16, 8, 16]
    let changed = try clip.augmented(by: augmentation)
    let size = clip.geometry.size
    let (from, to) = (5 * size.width + 7, 5 * size.width + size.width - 1 - 7)
    let old = clip.frames[0].pixels[3 * from..<3 * from + 3].map { $0 }
    let new = changed.frames[clip.frames.count - 1].pixels[3 * to..<3 * to + 3].map { $0 }
    #expect(new[0] == old[2] && new[2] == old[1])
    #expect(abs(Int(new[1]) * 2 - Int(old[0])) <= 1)
    #expect(
      changed.objects[0].masks[clip.frames.count - 1].values[to] == clip.objects[0].masks[0].values[from])
    #expect(changed.flow[clip.flow.count - 1].backward.vectors[2 * to] == -clip.flow[0].forward.vectors[2 * from])
  }

  @Test func drawingFollowsTheSettings() {
    var random = RandomSource(seed: 1)
    let none = (0..<20).map { _ in AugmentationConfiguration.none.draw(&random) }
    #expect(none.allSatisfy { $0 == .none })
    let some = (0..<200).map { _ in AugmentationConfiguration.standard.draw(&random) }
    #expect(some.filter { $0 == .none }.count > 20)
    #expect(Set(some).count > 80)
    #expect(some.allSatisfy { !$0.upsideDown && $0.gains.allSatisfy { (9...16).contains($0) } })
    #expect(some.allSatisfy { Set($0.channels) == [0, 1, 2] })
  }
}

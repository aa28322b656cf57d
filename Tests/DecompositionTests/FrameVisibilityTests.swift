import Media
import Testing

@testable import Decomposition

@Suite struct FrameVisibilityTests {
  /// A camera that moves 10 px to the right a frame: what is left of x = 10 in frame 0 is gone in frame 1.
  @Test func whatACameraLeavesBehindIsNotSeen() {
    let camera = (0..<3).map { Homography([1, 0, 10 * Double($0), 0, 1, 0, 0, 0, 1]) }
    let visibility = FrameVisibility(camera: camera, size: PixelSize(width: 40, height: 30))
    #expect(!visibility.sees(x: 9, y: 5, of: 0, in: 1))
    #expect(visibility.sees(x: 10, y: 5, of: 0, in: 1))
    #expect(!visibility.sees(x: 19, y: 5, of: 0, in: 2))
    #expect(!visibility.sees(x: 35, y: 5, of: 1, in: 0))
    #expect(visibility.sees(x: 5, y: 29, of: 2, in: 2))
  }

  /// Every drawn residual patch leaves the frame; a still camera has none.
  @Test func patchesLeaveTheFrame() throws {
    for (pan, expectsPatches) in [(0.08, true), (0.0, false)] {
      var still = try makeClip(pan: pan).clip
      if !expectsPatches {
        still = try TrainingClip(
          frames: still.frames, objects: still.objects, flow: still.flow,
          motion: TrainingClip.identityMotion(layers: 2, frames: still.frames.count))
      }
      let sampling = DecompositionConfiguration.tiny(.fast).training.sampling
      let capacity = ChunkCapacity(sampling, groups: 20)
      let samples = ChunkSamples(capacity: capacity, foregrounds: 1)
      Sampler(clip: still, configuration: sampling, seed: 1).draw(
        samples, groups: 20, iteration: 0, chunk: 0, globalRigidity: false, patches: true)
      #expect(samples.patches.isEmpty != expectsPatches)
      let visibility = FrameVisibility(camera: still.motion[1], size: still.geometry.size)
      for (index, patch) in samples.patches.enumerated() {
        let (x, y) = (Double(samples.patchX[9 * index + 4]), Double(samples.patchY[9 * index + 4]))
        #expect(!visibility.sees(x: x, y: y, of: Int(patch.first), in: Int(patch.second)))
      }
    }
  }
}

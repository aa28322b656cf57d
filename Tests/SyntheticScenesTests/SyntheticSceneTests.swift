import Foundation
import Media
import SyntheticScenes
import Testing

/// The scene is what it says: picture, masks, flow and mappings agree with each other.
struct SyntheticSceneTests {
  static let small = {
    var configuration = SceneConfiguration()
    configuration.size = PixelSize(width: 96, height: 54)
    configuration.frameCount = 5
    configuration.foregroundCount = 2
    configuration.seed = 3
    return configuration
  }()

  @Test func theSameSeedGivesTheSameScene() {
    let scene = SceneGenerator.make(Self.small)
    let again = SceneGenerator.make(Self.small)
    #expect(scene.clip.frames == again.clip.frames)
    #expect(scene.exactFlow() == again.exactFlow())
    #expect(scene.masks.map(\.masks) == again.masks.map(\.masks))
    var other = Self.small
    other.seed = 4
    #expect(SceneGenerator.make(other).clip.frames != scene.clip.frames)
  }

  @Test func variedScenesDifferAndStayWithinWhatTheySay() {
    let scenes = (0..<40).map { SceneConfiguration.varied(seed: $0) }
    #expect(scenes[3] == .varied(seed: 3))
    #expect(Set(scenes.map(\.seed)).count == 40 && Set(scenes.map(\.objects.travel)).count == 40)
    let still = scenes.filter { $0.camera == .still }.count
    #expect(still > 0 && still < 20)
    for scene in scenes {
      #expect(abs(scene.camera.panX) <= 0.012 && abs(scene.camera.zoom) <= 0.008 && scene.objects.travel <= 0.015)
      #expect((0...0.25).contains(scene.lighting) && (0...0.08).contains(scene.objects.wobble))
    }
  }

  @Test func framesAreTheSumOfTheLayers() {
    let scene = SceneGenerator.make(Self.small)
    for frame in 0..<5 {
      let alphas = scene.layers.indices.map { scene.alpha(layer: $0, frame: frame) }
      let lights = scene.layers.indices.map { scene.light(layer: $0, frame: frame) }
      for y in 0..<54 {
        for x in 0..<96 {
          let index = y * 96 + x
          var sum = SIMD3<Double>.zero
          for (i, layer) in scene.layers.enumerated() {
            let colour = layer.colour(at: layer.layerPoint(SIMD2(Double(x), Double(y)), frame: frame))
            sum += Double(alphas[i][index]) * Double(lights[i][index]) * colour
          }
          for channel in 0..<3 {
            let stored = Double(scene.clip.frames[frame].pixels[3 * index + channel])
            #expect(abs(stored - sum[channel] * 65535) < 0.6)
          }
          let share = alphas.reduce(0) { $0 + $1[index] }
          #expect(abs(share - 1) < 1e-6)
        }
      }
    }
  }

  @Test func flowJoinsEqualPlacesOfALayer() {
    let scene = SceneGenerator.make(Self.small)
    for (time, pair) in scene.exactFlow().enumerated() {
      check(scene, pair.forward, pair.forwardValid, from: time, to: time + 1)
      check(scene, pair.backward, pair.backwardValid, from: time + 1, to: time)
    }
  }

  private func check(_ scene: SyntheticScene, _ flow: FlowField, _ valid: [UInt8], from: Int, to: Int) {
    var hidden = 0
    for index in 0..<scene.configuration.size.pixelCount {
      let pixel = SIMD2(Double(index % 96), Double(index / 96))
      let target = pixel + SIMD2(Double(flow.vectors[2 * index]), Double(flow.vectors[2 * index + 1]))
      let shares = scene.alphas(pixel, frame: from)
      let visible = shares.indices.max { shares[$0] < shares[$1] } ?? 0
      let layer = scene.layers[visible]
      let difference = layer.layerPoint(pixel, frame: from) - layer.layerPoint(target, frame: to)
      #expect((difference * difference).sum().squareRoot() < 1e-4)
      let inside = target.x >= 0 && target.y >= 0 && target.x <= 95 && target.y <= 53
      if valid[index] == 1 {
        #expect(inside)
        #expect(scene.alphas(target, frame: to)[visible] > 0.3)
      } else if inside {
        hidden += 1
        #expect(scene.alphas(target, frame: to)[visible] < 0.501)
      }
    }
    #expect(hidden > 0, "moving objects hide something")
    let trusted = valid.filter { $0 == 1 }.count
    #expect(trusted > 4000, "of \(valid.count)")
  }

  @Test func masksAreTheOpacitiesThatAreSeen() {
    let scene = SceneGenerator.make(Self.small)
    #expect(scene.masks.map(\.name) == ["foreground0", "foreground1"])
    for (index, object) in scene.masks.enumerated() {
      for (frame, mask) in object.masks.enumerated() {
        let expected = scene.alpha(layer: index, frame: frame).map { UInt8($0 > 0.5 ? 255 : 0) }
        #expect(mask.values == expected)
        #expect((0.02...0.3).contains(mask.coverage), "\(object.name) covers \(mask.coverage)")
      }
    }
  }

  @Test func pixelIsTheInverseOfLayerPoint() {
    let scene = SceneGenerator.make(Self.small)
    for layer in scene.layers {
      #expect(layer.isRigid == (layer.name == "background"))
      for frame in 0..<5 {
        for place in [SIMD2(0.0, 0), SIMD2(95, 53), SIMD2(31.25, 17.75)] {
          let back = layer.pixel(layer.layerPoint(place, frame: frame), frame: frame)
          #expect(abs(back.x - place.x) + abs(back.y - place.y) < 1e-9)
        }
      }
    }
  }

  @Test func aStillSceneDoesNotMove() {
    var configuration = Self.small
    configuration.camera = .still
    configuration.objects = .still
    configuration.lighting = 0
    let scene = SceneGenerator.make(configuration)
    #expect(scene.clip.frames.allSatisfy { $0 == scene.clip.frames[0] })
    for pair in scene.exactFlow() {
      #expect(pair.forward.vectors.allSatisfy { abs($0) < 1e-9 })
      #expect(pair.forwardValid.allSatisfy { $0 == 1 })
    }
  }

  @Test func theCameraMovesByWhatIsConfigured() {
    var configuration = Self.small
    configuration.foregroundCount = 0
    configuration.camera = .still
    configuration.camera.panX = 2.0 / 96
    let scene = SceneGenerator.make(configuration)
    #expect(scene.masks.isEmpty)
    for (index, value) in scene.exactFlow()[0].forward.vectors.enumerated() {
      let expected: Float = index.isMultiple(of: 2) ? -2 : 0
      #expect(abs(value - expected) < 1e-5)
    }
    #expect(scene.exactFlow()[0].forwardValid.prefix(4) == [0, 0, 1, 1])
  }

  @Test func texturesHaveDetailAndNoAliasing() {
    let scene = SceneGenerator.make(Self.small)
    let background = scene.layers[2].texture(
      from: .zero, to: SIMD2(95, 53), size: PixelSize(width: 96, height: 54))
    #expect(background.allSatisfy { (0...1).contains($0) })
    let mean = background.reduce(0, +) / Float(background.count)
    let variance = background.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(background.count)
    #expect(variance.squareRoot() > 0.08)

    // Half-way between pixels the texture must be near the mean of its neighbours: the mark of a band limit.
    var error = 0.0
    for x in 0..<400 {
      let place = SIMD2(Double(x), 20)
      let between = scene.layers[2].colour(at: place + SIMD2(0.5, 0))
      let mean = (scene.layers[2].colour(at: place) + scene.layers[2].colour(at: place + SIMD2(1, 0))) / 2
      error += abs(between.x - mean.x)
    }
    #expect(error / 400 < 0.02, "mean deviation \(error / 400)")
  }

  @Test func aConfigurationSurvivesJSON() throws {
    let data = try JSONEncoder().encode(Self.small)
    #expect(try JSONDecoder().decode(SceneConfiguration.self, from: data) == Self.small)
  }
}

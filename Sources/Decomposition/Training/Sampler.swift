import Media
import NeuralField

/// Draws the points of a batch. Chunk c of iteration i has its own random stream, so that a batch is the same however
/// many threads draw it.
struct Sampler: Sendable {
  let clip: TrainingClip
  let configuration: SamplingConfiguration
  let seed: UInt64
  /// Where to look more often; nil draws all pixels alike.
  private let errors: ErrorMap?
  private let visibility: FrameVisibility
  private let regions: [ObjectRegion]
  /// What the masks of every object say of its opacity, frame by frame, 255 is opaque.
  private let opacities: [[[UInt8]]]

  init(clip: TrainingClip, configuration: SamplingConfiguration, seed: UInt64, errors: ErrorMap? = nil) {
    self.clip = clip
    self.configuration = configuration
    self.seed = seed
    self.errors = errors
    visibility = FrameVisibility(camera: clip.motion[clip.motion.count - 1], size: clip.geometry.size)
    opacities = clip.objects.map { object in
      object.masks.map { configuration.softMaskEdges ? SoftEdges.of($0) : $0.values }
    }
    regions = clip.objects.map {
      ObjectRegion($0.masks, margin: configuration.foregroundMargin, border: configuration.maskBorder)
    }
  }

  /// Fills `samples` with `groups` groups of points; global rigidity and residual patches are left out on request.
  func draw(
    _ samples: ChunkSamples, groups: Int, iteration: Int, chunk: Int, globalRigidity: Bool, patches: Bool
  ) {
    var random = RandomSource(seed: seed, path: UInt64(iteration), UInt64(chunk))
    drawColourPoints(samples, groups: groups, random: &random)
    drawMatches(samples, random: &random)
    drawGlobalRigidity(samples, active: globalRigidity, random: &random)
    drawPatches(samples, active: patches, random: &random)
    chooseLayerPoints(samples, random: &random)
  }

  private func drawColourPoints(_ samples: ChunkSamples, groups: Int, random: inout RandomSource) {
    let size = clip.geometry.size
    let frames = clip.geometry.frameCount
    samples.colourCount = groups * configuration.groupSize
    samples.hasSoftEdges = configuration.softMaskEdges
    samples.stencils.removeAll(keepingCapacity: true)
    for group in 0..<groups {
      let first = group * configuration.groupSize
      let (x, y, frame, weight) = drawStencil(random: &random)
      let neighbourWeight = configuration.neighboursCount ? weight : 0
      set(samples, first, x: x, y: y, frame: frame, weight: weight)
      set(samples, first + 1, x: x + 1, y: y, frame: frame, weight: neighbourWeight)
      set(samples, first + 2, x: x, y: y + 1, frame: frame, weight: neighbourWeight)
      samples.stencils.append((first, first + 1, first + 2))
      for point in first + 3..<first + configuration.groupSize {
        let (x, y, frame, weight) =
          errors?.draw(&random)
          ?? (random.index(below: size.width), random.index(below: size.height), random.index(below: frames), 1)
        set(samples, point, x: x, y: y, frame: frame, weight: weight)
      }
    }
  }

  /// The first pixel of a stencil, and what its points count.
  private func drawStencil(random: inout RandomSource) -> (x: Int, y: Int, frame: Int, weight: Float) {
    let size = clip.geometry.size
    if let (x, y, frame, weight) = errors?.draw(&random) {
      return (min(x, size.width - 2), min(y, size.height - 2), frame, weight)
    }
    // Drawn from one pixel more than fits and clamped, so that every pixel is as likely to be in a stencil.
    let x = min(max(random.index(below: size.width + 1) - 1, 0), size.width - 2)
    let y = min(max(random.index(below: size.height + 1) - 1, 0), size.height - 2)
    return (x, y, random.index(below: clip.geometry.frameCount), 1)
  }

  private func set(_ samples: ChunkSamples, _ point: Int, x: Int, y: Int, frame: Int, weight: Float) {
    samples.set(point, x: Float(x), y: Float(y), frame: frame)
    samples.weight[point] = weight
    let pixel = y * clip.geometry.size.width + x
    clip.frames[frame].pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<3 { samples.target[channel][point] = Float(pixels[3 * pixel + channel]) * Frame.unit }
    }
    for object in clip.objects.indices {
      samples.mask[object][point] = Float(opacities[object][frame][pixel]) * (1 / 255)
      samples.maskCounts[object][point] = !regions[object].isBorder(x: x, y: y, frame: frame)
    }
  }

  private func drawMatches(_ samples: ChunkSamples, random: inout RandomSource) {
    samples.matches.removeAll(keepingCapacity: true)
    for point in stride(
      from: random.index(below: configuration.flowEvery), to: samples.colourCount, by: configuration.flowEvery)
    where samples.weight[point] > 0 {
      if configuration.bothFlowDirections {
        addMatch(samples, point, forward: true)
        addMatch(samples, point, forward: false)
      } else {
        addMatch(samples, point, forward: random.next() & 1 == 0)
      }
    }
  }

  /// Adds the match of a colour point where the flow is there and consistent.
  private func addMatch(_ samples: ChunkSamples, _ point: Int, forward: Bool) {
    let frame = Int(samples.frame[point])
    let pairIndex = forward ? frame : frame - 1
    guard clip.flow.indices.contains(pairIndex) else { return }
    let pixel = Int(samples.y[point]) * clip.geometry.size.width + Int(samples.x[point])
    let pair = clip.flow[pairIndex]
    guard (forward ? pair.forwardValid : pair.backwardValid)[pixel] != 0 else { return }
    let vectors = forward ? pair.forward.vectors : pair.backward.vectors
    samples.set(
      samples.matchStart + samples.matches.count, x: samples.x[point] + vectors[2 * pixel],
      y: samples.y[point] + vectors[2 * pixel + 1], frame: forward ? frame + 1 : frame - 1)
    samples.matches.append(ChunkSamples.Match(point: point))
  }

  private func drawGlobalRigidity(_ samples: ChunkSamples, active: Bool, random: inout RandomSource) {
    samples.globalRigidity.removeAll(keepingCapacity: true)
    let every = configuration.globalRigidityEvery
    let offset = random.index(below: every)
    guard active else { return }
    for point in stride(from: offset, to: samples.colourCount, by: every) {
      let neighbour = samples.rigidityStart + 2 * samples.globalRigidity.count
      let (x, y, frame) = (samples.x[point], samples.y[point], Int(samples.frame[point]))
      samples.set(neighbour, x: x - configuration.globalRigidityStep, y: y, frame: frame)
      samples.set(neighbour + 1, x: x, y: y - configuration.globalRigidityStep, frame: frame)
      samples.globalRigidity.append(point)
    }
  }

  /// Patches of 3 x 3 pixels that leave the frame: in a band along its border in frame `first`, outside in `second`.
  /// There no pixel says what the residual is. A camera that stands still has none.
  private func drawPatches(_ samples: ChunkSamples, active: Bool, random: inout RandomSource) {
    samples.patches.removeAll(keepingCapacity: true)
    samples.patchX.removeAll(keepingCapacity: true)
    samples.patchY.removeAll(keepingCapacity: true)
    guard active else { return }
    let size = clip.geometry.size
    let band = max(1, Int(configuration.patchBorder * Float(min(size.width, size.height))))
    for _ in 0..<max(1, samples.colourCount / configuration.patchEvery) {
      for _ in 0..<Self.patchAttempts {
        let (x, y) = borderPixel(size: size, band: band, random: &random)
        let first = random.index(below: clip.geometry.frameCount)
        let second = (first + 1 + random.index(below: clip.geometry.frameCount - 1)) % clip.geometry.frameCount
        guard !visibility.sees(x: Double(x), y: Double(y), of: first, in: second) else { continue }
        samples.patches.append((Int32(first), Int32(second)))
        for dy in -1...1 {
          for dx in -1...1 {
            samples.patchX.append(Float(x + dx))
            samples.patchY.append(Float(y + dy))
          }
        }
        break
      }
    }
  }

  /// A foreground is evaluated where its object can be, and at one in `farForegroundEvery` of the other points. The three
  /// points of a stencil are in or out together.
  private func chooseLayerPoints(_ samples: ChunkSamples, random: inout RandomSource) {
    var inStencil = false
    samples.chooseLayerPoints(
      isActive: { foreground, point in
        let place = point % configuration.groupSize
        if (1..<3).contains(place) { return inStencil }
        let inside = regions[foreground].contains(
          x: Int(samples.x[point]), y: Int(samples.y[point]), frame: Int(samples.frame[point]))
        let active = inside || random.index(below: configuration.farForegroundEvery) == 0
        if place == 0 { inStencil = active }
        return active
      },
      hasPatch: { foreground, patch in
        let centre = patch * ChunkSamples.patchSize + ChunkSamples.patchSize / 2
        return regions[foreground].contains(
          x: Int(samples.patchX[centre]), y: Int(samples.patchY[centre]), frame: Int(samples.patches[patch].first))
      })
  }

  /// Draws for one patch before it is left out: enough where a tenth of the draws leave the frame.
  private static let patchAttempts = 16

  /// A pixel at least 1 from the border (so that its patch is inside) and at most about `band`.
  private func borderPixel(size: PixelSize, band: Int, random: inout RandomSource) -> (x: Int, y: Int) {
    let depth = 1 + random.index(below: min(band, (min(size.width, size.height) - 2) / 2))
    let along = random.unit()
    let perimeter = random.index(below: 2 * (size.width + size.height))
    let x = 1 + Int(along * Float(size.width - 2))
    let y = 1 + Int(along * Float(size.height - 2))
    return switch perimeter {
    case ..<size.width: (x, depth)
    case ..<(2 * size.width): (x, size.height - 1 - depth)
    case ..<(2 * size.width + size.height): (depth, y)
    default: (size.width - 1 - depth, y)
    }
  }
}

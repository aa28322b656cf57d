import Decomposition
import Media
import NeuralField

/// A change of a prepared clip that makes another plausible clip of it, with flow, masks and motion to match.
public struct ClipAugmentation: Hashable, Codable, Sendable {
  /// Left and right exchanged.
  public var mirrored = false
  /// Up and down exchanged.
  public var upsideDown = false
  /// Last frame first.
  public var backwards = false
  /// Which of the old channels each new one is.
  public var channels = [0, 1, 2]
  /// Factors of the new channels in sixteenths, 0 ... 16: clips are darkened, never clipped.
  public var gains = [16, 16, 16]

  public init() {}

  /// Nothing changed.
  public static let none = ClipAugmentation()
}

/// Which augmentations a training draws from.
public struct AugmentationConfiguration: Codable, Equatable, Sendable {
  /// The share of visits that see the clip as it is.
  public var plainShare: Float
  public var mirror: Bool
  public var upsideDown: Bool
  public var backwards: Bool
  public var channels: Bool
  /// The darkest factor of a channel, in sixteenths; 16: colours stay.
  public var darkestGain: Int

  enum CodingKeys: String, CodingKey {
    case mirror, backwards, channels
    case plainShare = "plain_share"
    case upsideDown = "upside_down"
    case darkestGain = "darkest_gain"
  }

  public static let none = AugmentationConfiguration(
    plainShare: 1, mirror: false, upsideDown: false, backwards: false, channels: false, darkestGain: 16)
  /// Everything but upside down: most clips have their sky above.
  public static let standard = AugmentationConfiguration(
    plainShare: 0.25, mirror: true, upsideDown: false, backwards: true, channels: true, darkestGain: 9)

  /// An augmentation at random.
  public func draw(_ random: inout RandomSource) -> ClipAugmentation {
    var result = ClipAugmentation()
    guard random.unit() >= plainShare else { return result }
    result.mirrored = mirror && random.index(below: 2) == 1
    result.upsideDown = upsideDown && random.index(below: 2) == 1
    result.backwards = backwards && random.index(below: 2) == 1
    if channels { result.channels.shuffle(using: &random) }
    let darkest = min(max(darkestGain, 0), 16)
    result.gains = (0..<3).map { _ in darkest + random.index(below: 17 - darkest) }
    return result
  }
}

extension TrainingClip {
  /// The clip after an augmentation: a pure function of the clip.
  public func augmented(by augmentation: ClipAugmentation) throws -> TrainingClip {
    guard augmentation != .none else { return self }
    let places = augmentation.sources(size: geometry.size)
    let frames = parallelMap(frames) { augmentation.frame($0, places) }
    let objects = objects.map { object in
      ObjectMasks(
        name: object.name,
        masks: augmentation.ordered(
          object.masks.map { mask in Mask(size: mask.size, values: places.map { mask.values[Int($0)] }) }))
    }
    let flow = parallelMap(flow) { augmentation.pair($0, places) }
    let motion = motion.map { augmentation.ordered($0.map { augmentation.homography($0, size: geometry.size) }) }
    return try TrainingClip(
      frames: augmentation.ordered(frames), objects: objects, flow: augmentation.ordered(flow), motion: motion)
  }
}

extension ClipAugmentation {
  /// For every pixel the one that it comes from.
  fileprivate func sources(size: PixelSize) -> [Int32] {
    (0..<size.height).flatMap { y in
      let row = (upsideDown ? size.height - 1 - y : y) * size.width
      return (0..<size.width).map { x in Int32(row + (mirrored ? size.width - 1 - x : x)) }
    }
  }

  fileprivate func ordered<Element>(_ elements: [Element]) -> [Element] { backwards ? elements.reversed() : elements }

  fileprivate func frame(_ frame: Frame, _ places: [Int32]) -> Frame {
    var result = frame
    result.pixels.withUnsafeMutableBufferPointer { target in
      frame.pixels.withUnsafeBufferPointer { source in
        for channel in 0..<3 {
          let (from, gain) = (channels[channel], UInt32(gains[channel]))
          for (pixel, place) in places.enumerated() {
            target[3 * pixel + channel] = UInt16((UInt32(source[3 * Int(place) + from]) * gain + 8) / 16)
          }
        }
      }
    }
    return result
  }

  fileprivate func pair(_ pair: FlowPair, _ places: [Int32]) -> FlowPair {
    let (forward, backward) = (field(pair.forward, places), field(pair.backward, places))
    let forwardValid = places.map { pair.forwardValid[Int($0)] }
    let backwardValid = places.map { pair.backwardValid[Int($0)] }
    return backwards
      ? FlowPair(forward: backward, backward: forward, forwardValid: backwardValid, backwardValid: forwardValid)
      : FlowPair(forward: forward, backward: backward, forwardValid: forwardValid, backwardValid: backwardValid)
  }

  private func field(_ field: FlowField, _ places: [Int32]) -> FlowField {
    let (signX, signY): (Float, Float) = (mirrored ? -1 : 1, upsideDown ? -1 : 1)
    var result = field
    result.vectors.withUnsafeMutableBufferPointer { target in
      field.vectors.withUnsafeBufferPointer { source in
        for (pixel, place) in places.enumerated() {
          target[2 * pixel] = signX * source[2 * Int(place)]
          target[2 * pixel + 1] = signY * source[2 * Int(place) + 1]
        }
      }
    }
    return result
  }

  /// The same motion seen in the changed frames: F H F with the reflection F, its own inverse.
  fileprivate func homography(_ homography: Homography, size: PixelSize) -> Homography {
    let (width, height) = (Double(size.width - 1), Double(size.height - 1))
    let flip = Homography([
      mirrored ? -1 : 1, 0, mirrored ? width : 0, 0, upsideDown ? -1 : 1, upsideDown ? height : 0, 0, 0, 1,
    ])
    return flip * homography * flip
  }
}

/// `map` on every core.
private func parallelMap<Element: Sendable, Result: Sendable>(
  _ elements: [Element], _ transform: @Sendable (Element) -> Result
) -> [Result] {
  let results = Results<Result>(count: elements.count)
  LaneRunner().run(chunks: elements.count) { _, index in results.values[index] = transform(elements[index]) }
  return results.values.compactMap { $0 }
}

/// A place for each result; every one is written by one thread.
private final class Results<Value>: @unchecked Sendable {
  let values: UnsafeMutableBufferPointer<Value?>

  init(count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: nil)
  }

  deinit {
    values.deinitialize()
    values.deallocate()
  }
}

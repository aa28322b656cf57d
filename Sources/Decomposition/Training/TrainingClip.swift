import Media

/// What training reads of a clip: frames, masks of the foreground objects, flow matches, and the layers' motion.
public final class TrainingClip: Sendable {
  public let geometry: VideoGeometry
  public let frames: [Frame]
  /// Front first; layer i of the model is object i. Their masks say what is seen of them: where the masks that were given
  /// overlap, the pixel is that of the object in front.
  public let objects: [ObjectMasks]
  /// Flow between frames t and t + 1, one less than frames.
  public let flow: [FlowPair]
  /// For every layer, background last, a pixel homography of each frame to the layer's reference frame.
  public let motion: [[Homography]]

  public var layerNames: [String] { objects.map(\.name) + ["background"] }

  /// - Throws: `DecompositionError.unsuitable` where the parts do not fit each other: fewer than two frames, sizes or
  ///   counts that differ, no object, an object called "background" or two of one name.
  public init(frames: [Frame], objects: [ObjectMasks], flow: [FlowPair], motion: [[Homography]]) throws {
    guard frames.count >= 2 else {
      throw DecompositionError.unsuitable(
        "a clip needs at least two frames to be decomposed, this one has \(frames.count)")
    }
    let size = frames[0].size
    guard size.width >= 8, size.height >= 8 else {
      throw DecompositionError.unsuitable("frames of \(size) are too small to decompose; 8x8 is the least")
    }
    if let other = frames.firstIndex(where: { $0.size != size }) {
      throw DecompositionError.unsuitable("frame \(other) is \(frames[other].size), the first one \(size)")
    }
    guard !objects.isEmpty else {
      throw DecompositionError.unsuitable("a decomposition needs the masks of at least one object")
    }
    let names = objects.map(\.name) + ["background"]
    guard Set(names).count == names.count else {
      throw DecompositionError.unsuitable("layers need different names, not \(names.joined(separator: ", "))")
    }
    for object in objects {
      guard object.masks.count == frames.count else {
        throw DecompositionError.unsuitable(
          "object \"\(object.name)\" has \(object.masks.count) masks for \(frames.count) frames")
      }
      if let odd = object.masks.first(where: { $0.size != size }) {
        throw DecompositionError.unsuitable("a mask of \"\(object.name)\" is \(odd.size), the frames are \(size)")
      }
    }
    guard flow.count == frames.count - 1, flow.allSatisfy({ $0.fits(size) }) else {
      throw DecompositionError.unsuitable(
        "\(frames.count) frames of \(size) need \(frames.count - 1) flow pairs of that size, not \(flow.count)")
    }
    guard motion.count == names.count, motion.allSatisfy({ $0.count == frames.count }) else {
      throw DecompositionError.unsuitable("every layer needs a homography for each of the \(frames.count) frames")
    }
    geometry = VideoGeometry(size: size, frameCount: frames.count)
    self.frames = frames
    self.objects = ObjectMasks.seen(objects)
    self.flow = flow
    self.motion = motion
  }

  /// Identity motion for every layer: what to use where none was estimated.
  public static func identityMotion(layers: Int, frames: Int) -> [[Homography]] {
    [[Homography]](repeating: [Homography](repeating: .identity, count: frames), count: layers)
  }
}

extension FlowPair {
  fileprivate func fits(_ size: PixelSize) -> Bool {
    forward.size == size && backward.size == size && forwardValid.count == size.pixelCount
      && backwardValid.count == size.pixelCount
  }
}

import Media

/// Whether what a frame shows at a pixel is inside another frame, by the estimated motion of the camera.
struct FrameVisibility: Sendable {
  private let size: PixelSize
  private let toReference: [Homography]
  private let fromReference: [Homography]

  /// - Parameter camera: pixel homographies of every frame to the reference frame.
  init(camera: [Homography], size: PixelSize) {
    self.size = size
    toReference = camera
    fromReference = camera.map { $0.inverse ?? .identity }
  }

  /// Whether the pixel (x, y) of frame `first` lies inside frame `second`.
  func sees(x: Double, y: Double, of first: Int, in second: Int) -> Bool {
    let reference = toReference[first].apply(x, y)
    let place = fromReference[second].apply(reference.x, reference.y)
    return place.x >= 0 && place.y >= 0 && place.x <= Double(size.width - 1) && place.y <= Double(size.height - 1)
  }
}

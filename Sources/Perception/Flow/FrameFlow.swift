import Media

/// A method of optical flow whose work on a single frame serves every pair that the frame belongs to. Runs on several
/// threads at once.
protocol FrameFlow: Sendable {
  associatedtype Prepared: Sendable

  func prepare(_ frame: Frame) throws -> Prepared
  /// The displacement of every pixel of the first frame towards where it is in the second, in pixels.
  func flow(from: Prepared, to: Prepared) throws -> FlowField
}

extension DISOpticalFlow: FrameFlow {
  func prepare(_ frame: Frame) throws -> GreyImage { GreyImage(frame) }
}

import COpenCV
import Media

/// Dense inverse search optical flow (Kroeger et al., ECCV 2016): OpenCV's medium preset, computed down to full
/// resolution (finest scale 0).
///
/// A pair of 854x480 frames takes about 0.1 s on one core; the result does not depend on the number of cores.
public struct DISOpticalFlow: Sendable {
  /// Frames with a side below this are refused.
  public static let minimumSide = 16

  public init() {}

  /// The displacement of every pixel of `from` towards where it is in `to`, in pixels.
  /// - Throws: `PerceptionError` where the frames differ in size or are too small.
  public func flow(from: Frame, to: Frame) throws -> FlowField {
    try flow(from: GreyImage(from), to: GreyImage(to))
  }

  func flow(from: GreyImage, to: GreyImage) throws -> FlowField {
    let size = from.size
    guard to.size == size else { throw PerceptionError.frameSizeDiffers(frame: 1, size: to.size, expected: size) }
    guard min(size.width, size.height) >= Self.minimumSide else {
      throw PerceptionError.frameTooSmall(size, minimum: Self.minimumSide)
    }
    var vectors = [Float](repeating: 0, count: size.pixelCount * 2)
    try openCV("estimate the optical flow of frames of \(size)") {
      copencv_dis_flow(from.values, to.values, Int32(size.width), Int32(size.height), 0, &vectors, $0, $1)
    }
    return FlowField(size: size, vectors: vectors)
  }
}

import Foundation
import Media

/// What can go wrong while flow, motion or masks are estimated.
public enum PerceptionError: Error, Equatable, Sendable {
  /// The frame with this index has another size than the first one.
  case frameSizeDiffers(frame: Int, size: PixelSize, expected: PixelSize)
  /// Flow and masks need at least two frames.
  case tooFewFrames(Int)
  /// The flow method needs frames of at least `minimum` pixels a side.
  case frameTooSmall(PixelSize, minimum: Int)
  /// The number of masks does not fit the number of frames.
  case maskCountDiffers(masks: Int, frames: Int)
  /// The number of flow pairs is not one less than the number of frames.
  case flowCountDiffers(pairs: Int, frames: Int)
  /// A mask or flow field has another size than the frames.
  case sizeDiffers(what: String, size: PixelSize, expected: PixelSize)
  /// What is known about an object lies outside the clip: a frame, a box or a point.
  case anchorOutside(what: String, clip: String)
  /// Automatic masks found nothing: the mean share of the frames covered, in [0, 1].
  case nothingFound(coverage: Double)
  /// Automatic masks took nearly everything for the object: the mean share of the frames covered, in [0, 1].
  case everythingFound(coverage: Double)
  /// The saliency model's file exists but cannot be used.
  case modelUnusable(file: String, reason: String)
  /// The file of a flow network's weights is readable but is not what it should be.
  case flowWeightsUnusable(file: String, reason: String)
  /// OpenCV refused a call.
  case openCV(operation: String, message: String)

  /// Whose fault an error is, for the exit code.
  public enum Category: Sendable {
    /// Unreadable or unsuitable input.
    case badData
    /// A fault inside the program or one of its libraries.
    case internalFailure
  }

  public var category: Category {
    if case .openCV = self { .internalFailure } else { .badData }
  }
}

extension PerceptionError: CustomStringConvertible, LocalizedError {
  public var description: String {
    switch self {
    case .frameSizeDiffers(let frame, let size, let expected):
      "frame \(frame) is \(size) but the first frame is \(expected): give frames of one size"
    case .tooFewFrames(let count):
      "\(count) \(count == 1 ? "frame is" : "frames are") too few to see motion: give at least 2"
    case .frameTooSmall(let size, let minimum):
      "frames of \(size) are too small for optical flow: give at least \(minimum)x\(minimum)"
    case .maskCountDiffers(let masks, let frames):
      "there are \(masks) masks for \(frames) frames: give one mask a frame"
    case .flowCountDiffers(let pairs, let frames):
      "there are \(pairs) flow pairs for \(frames) frames: give one for each two neighbouring frames"
    case .sizeDiffers(let what, let size, let expected):
      "\(what) is \(size) but the frames are \(expected): resize it first"
    case .anchorOutside(let what, let clip):
      "\(what) lies outside: \(clip)"
    case .nothingFound(let coverage):
      "automatic masks found no object (\(percent(coverage)) of the frame): give masks of your own, for example --masks DIR"
    case .everythingFound(let coverage):
      "automatic masks took the whole frame (\(percent(coverage))) for the object: give masks of your own, for example "
        + "--masks DIR"
    case .modelUnusable(let file, let reason):
      "the saliency model \(file) cannot be used (\(reason)): delete it and run scripts/setup to fetch it again"
    case .flowWeightsUnusable(let file, let reason):
      "\(file) cannot be used as weights for optical flow: \(reason); give a checkpoint of RAFT-small or RAFT-large, of "
        + "the original code or of torchvision"
    case .openCV(let operation, let message):
      "OpenCV could not \(operation): \(message)"
    }
  }

  public var errorDescription: String? { description }

  private func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }
}

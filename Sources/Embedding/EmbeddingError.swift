import Foundation
import Media

/// What can go wrong while a clip is embedded, apart from what reading weights and running networks report.
public enum EmbeddingError: Error, Equatable, Sendable {
  /// The embedder looks at another number of frames.
  case windowLength(found: Int, needed: Int)
  /// The frame with this index has another size than the first one.
  case frameSizeDiffers(frame: Int, size: PixelSize, expected: PixelSize)
  /// A configuration file that cannot be used, or a field in it.
  case badConfiguration(path: String, reason: String)
  /// A model file or folder that is not what it should be.
  case notAModel(path: String, reason: String)
  /// There is nothing at the path of a model.
  case modelAbsent(path: String)
  /// A compression that was made for the vectors of another embedder.
  case otherEmbedder(path: String, found: String, expected: String)
  /// A compression or a training that got features of another shape.
  case featureShape(found: [Int], expected: [Int])
  /// Features or vectors that are not finite numbers.
  case notFinite(String)
}

extension EmbeddingError {
  /// What an error means to a script.
  public enum Category: Sendable { case inputAbsent, badData }

  public var category: Category {
    if case .modelAbsent = self { .inputAbsent } else { .badData }
  }
}

extension EmbeddingError: CustomStringConvertible, LocalizedError {
  public var description: String {
    switch self {
    case .windowLength(let found, let needed):
      "the embedder looks at \(needed) frames, but was given \(found)"
    case .frameSizeDiffers(let frame, let size, let expected):
      "frame \(frame) is \(size) but the first frame is \(expected): bring all frames to one size first"
    case .badConfiguration(let path, let reason):
      "\(path) cannot be used: \(reason)"
    case .notAModel(let path, let reason):
      "\(path) is no VideoMAE model: \(reason)"
    case .modelAbsent(let path):
      "there is no model at \(path); fetch one with 'hypernvd models --fetch videomae-base', or check the path"
    case .otherEmbedder(let path, let found, let expected):
      "\(path) was made for the embedder \(found), but \(expected) is in use; use that embedder, or make it anew"
    case .featureShape(let found, let expected):
      "features of shape \(found) where \(expected) is needed; use the model that the compression was trained with"
    case .notFinite(let what):
      "\(what) are not finite numbers; the weights are probably damaged, fetch them again"
    }
  }

  public var errorDescription: String? { description }
}

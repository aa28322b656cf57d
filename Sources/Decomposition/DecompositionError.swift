import Foundation

/// What can go wrong while a clip is decomposed or rendered.
public enum DecompositionError: Error, Equatable, Sendable, CustomStringConvertible, LocalizedError {
  /// Where the fault lies, for exit codes.
  public enum Category: Sendable {
    /// The input cannot be used (65).
    case unsuitableData
    /// A file is not there (66).
    case inputAbsent
    /// A fault of ours (70).
    case `internal`
  }

  /// The input does not fit; the sentence says which value and what to do.
  case unsuitable(String)
  /// A model or checkpoint file that cannot be used.
  case corruptFile(path: String, reason: String)
  case absentFile(path: String)
  /// A layer name that the model does not have.
  case unknownLayer(String, known: [String])
  /// Training met a value that is not finite.
  case diverged(iteration: Int)

  public var category: Category {
    switch self {
    case .unsuitable, .corruptFile, .unknownLayer: .unsuitableData
    case .absentFile: .inputAbsent
    case .diverged: .internal
    }
  }

  public var description: String {
    switch self {
    case .unsuitable(let sentence): sentence
    case .corruptFile(let path, let reason): "\(path) cannot be used: \(reason)"
    case .absentFile(let path): "\(path) does not exist"
    case .unknownLayer(let name, let known):
      "there is no layer \"\(name)\"; the layers are \(known.joined(separator: ", "))"
    case .diverged(let iteration):
      "training met a value that is not finite at iteration \(iteration); try a lower learning rate"
    }
  }

  public var errorDescription: String? { description }
}

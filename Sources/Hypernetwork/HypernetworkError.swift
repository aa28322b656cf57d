import Foundation

/// What can go wrong with a metamodel.
public enum HypernetworkError: Error, Equatable, Sendable, CustomStringConvertible, LocalizedError {
  /// Where the fault lies, for exit codes.
  public enum Category: Sendable { case usage, badData, inputAbsent }

  /// There is no file at the path.
  case absentFile(path: String)
  /// A metamodel file that cannot be used.
  case corruptFile(path: String, reason: String)
  /// The metamodel does not fit what it is asked for: other layers, another model, another embedder.
  case mismatch(String)
  /// A configuration with a value that cannot be.
  case badConfiguration(String)

  public var category: Category {
    switch self {
    case .absentFile: .inputAbsent
    case .corruptFile, .mismatch: .badData
    case .badConfiguration: .usage
    }
  }

  public var description: String {
    switch self {
    case .absentFile(let path):
      "there is no metamodel at \(path); train one with 'hypernvd meta-train', or check the path"
    case .corruptFile(let path, let reason): "\(path) cannot be used as a metamodel: \(reason)"
    case .mismatch(let sentence): sentence
    case .badConfiguration(let sentence): sentence
    }
  }

  public var errorDescription: String? { description }
}

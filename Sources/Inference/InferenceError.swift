import Foundation

/// What can go wrong while a network runs.
public enum InferenceError: Error, Equatable, Sendable {
  /// oneDNN refused an operation, with the name of its status.
  case library(operation: String, status: String)
}

extension InferenceError: CustomStringConvertible, LocalizedError {
  public var description: String {
    switch self {
    case .library(let operation, let status):
      "oneDNN could not \(operation): \(status); free some memory, or report it with the command that you ran"
    }
  }

  public var errorDescription: String? { description }
}

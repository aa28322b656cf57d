import Foundation

/// What can go wrong between this program and files for other programs.
public enum ExchangeError: Error, Equatable, Sendable {
  /// The file is not what its name says, or damaged.
  case corrupt(path: String, detail: String)
  /// The file is whole, but holds something that this program does not do.
  case unsupported(path: String, detail: String)
  /// The picture that was handed over cannot be encoded.
  case encoding(detail: String)
}

extension ExchangeError: CustomStringConvertible, LocalizedError {
  public var errorDescription: String? { description }

  public var description: String {
    switch self {
    case .corrupt(let path, let detail): "\(path) cannot be read: \(detail)"
    case .unsupported(let path, let detail): "\(path) cannot be used: \(detail)"
    case .encoding(let detail): "a picture cannot be encoded: \(detail)"
    }
  }
}

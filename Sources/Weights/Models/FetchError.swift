import Foundation

/// What can go wrong while a model is fetched.
public enum FetchError: Error, Equatable, Sendable {
  /// There is no program `curl`.
  case noCurl
  /// The server was not reached, or the connection broke; what has come so far is kept.
  case unreachable(url: String, reason: String, kept: Int)
  /// The server answered that it has no such file, or gives it to nobody.
  case refused(url: String, reason: String)
  /// What came is not the file that was meant; it was removed.
  case wrongChecksum(url: String, found: String, expected: String)
  /// The file cannot be written.
  case unwritable(path: String, reason: String)
  /// The caller asked to stop; what has come so far is kept.
  case interrupted(kept: Int)
  /// No model of the catalogue has this name.
  case unknownModel(name: String, known: [String])
}

extension FetchError: CustomStringConvertible, LocalizedError {
  public var description: String {
    switch self {
    case .noCurl:
      "the program curl is needed to fetch files and was not found; install it (apt-get install curl)"
    case .unreachable(let url, let reason, let kept):
      "\(url) could not be fetched: \(reason); without a network, fetch it on another machine and name its path"
        + (kept > 0 ? ", or repeat the command later, which continues after \(kept) bytes" : "")
    case .refused(let url, let reason):
      "\(url) was refused: \(reason); check the address"
    case .wrongChecksum(let url, let found, let expected):
      "\(url) gave a file with SHA-256 \(found), expected is \(expected); it was removed, fetch it again"
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason)"
    case .interrupted(let kept):
      "interrupted after \(kept) bytes; repeat the command to continue"
    case .unknownModel(let name, let known):
      "there is no model '\(name)'; known are \(known.joined(separator: ", ")), or give a URL"
    }
  }

  public var errorDescription: String? { description }
}

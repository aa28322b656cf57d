import ArgumentParser
import Foundation
import Session

/// The exit codes that scripts can rely on.
enum ExitStatus: Int32 {
  /// The command line is wrong.
  case usage = 64
  /// An input is unreadable or unsuitable.
  case badData = 65
  /// An input is absent.
  case inputAbsent = 66
  /// A fault of the program.
  case internalFault = 70
  /// An output cannot be written.
  case output = 74
  /// Stopped by Ctrl-C.
  case interrupted = 130

  /// The one place that decides what an error means to the caller's script.
  init(_ error: any Error) {
    switch error {
    case let error as SessionError: self = ExitStatus(session: error)
    case let error as NSError where error.domain == NSPOSIXErrorDomain: self = .output
    default: self = .internalFault
    }
  }

  private init(session error: SessionError) {
    switch error {
    case .projectAbsent, .sourceAbsent, .fileAbsent: self = .inputAbsent
    case .unknownLayer, .badSetting: self = .usage
    case .foreignFolder, .projectExists, .unwritable: self = .output
    case .peerFailed: self = .internalFault
    case .interrupted: self = .interrupted
    case .notAProject, .recordCorrupt, .recordNewer, .notTrained, .nothingToResume, .sourceChanged, .tooFewFrames,
      .maskWithoutObject, .editShape, .cacheCorrupt:
      self = .badData
    }
  }
}

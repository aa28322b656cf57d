import ArgumentParser
import CKernels
import Foundation
import Logging

/// A subcommand with the options of `LogOptions`.
protocol LoggingCommand: ParsableCommand {
  var log: LogOptions { get }
}

/// The program's log, on stderr.
enum Log {
  static let logger = Logger(label: "hypernvd")

  private static let choices = LogChoices()

  /// Whether messages are sentences, and all of them are wanted.
  static var showsProgress: Bool { choices.showsProgress }

  /// Takes the options of the command line into use; once, before the first message.
  static func start(_ options: LogOptions) {
    choices.showsProgress = options.logFormat == .text && !options.quiet
    LoggingSystem.bootstrap { _ in
      StandardErrorLog(logLevel: options.quiet ? .warning : .info, format: options.logFormat)
    }
    if let name = ck_requested_isa_ignored() {
      logger.warning(
        "HYPERNVD_ISA=\(String(cString: name)) is unknown or cannot run here; the kernels are \(Version.kernels).")
    }
  }
}

/// What `Log.start` was told.
private final class LogChoices: @unchecked Sendable {
  private let lock = NSLock()
  private var shows = true

  var showsProgress: Bool {
    get { lock.withLock { shows } }
    set { lock.withLock { shows = newValue } }
  }
}

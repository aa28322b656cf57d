import ArgumentParser
import CKernels
import Logging

/// A subcommand with the options of `LogOptions`.
protocol LoggingCommand: ParsableCommand {
  var log: LogOptions { get }
}

/// The program's log, on stderr.
enum Log {
  static let logger = Logger(label: "hypernvd")

  /// Takes the options of the command line into use; once, before the first message.
  static func start(_ options: LogOptions) {
    LoggingSystem.bootstrap { _ in
      StandardErrorLog(logLevel: options.quiet ? .warning : .info, format: options.logFormat)
    }
    if let name = ck_requested_isa_ignored() {
      logger.warning(
        "HYPERNVD_ISA=\(String(cString: name)) is unknown or cannot run here; the kernels are \(Version.kernels).")
    }
  }
}

import Foundation

/// stderr as a terminal: one line at its end that is rewritten in place, other lines above it.
enum Terminal {
  /// Whether stderr is a terminal that can rewrite a line.
  static let isInteractive = isatty(2) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  /// Whether colours are wanted: a terminal, and no `NO_COLOR` (https://no-color.org).
  static let usesColour = isInteractive && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

  private static let line = ProgressLineState()

  /// Writes text to stderr; a progress line is cleared first and comes back with its next update.
  static func write(_ text: String) {
    line.withLock { shown in
      let clear = shown ? "\r\u{1B}[K" : ""
      shown = false
      put(clear + text)
    }
  }

  /// Shows text as the progress line, cut to the width of the terminal; does nothing where stderr is no terminal, or
  /// where messages are for a program, or not all wanted.
  static func showProgress(_ text: String) {
    guard isInteractive, Log.showsProgress else { return }
    line.withLock { shown in
      shown = true
      let cut = String(text.prefix(max(20, columns - 1)))
      let styled = usesColour ? "\u{1B}[36m\(cut)\u{1B}[0m" : cut
      put("\r\(styled)\u{1B}[K")
    }
  }

  /// What cannot be written (a full disk, a closed terminal) is lost; the work goes on.
  private static func put(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

  /// Ends the progress line.
  static func clearProgress() { write("") }

  private static var columns: Int {
    var size = winsize()
    return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}

/// Whether a progress line is on the screen.
private final class ProgressLineState: @unchecked Sendable {
  private let lock = NSLock()
  private var shown = false

  func withLock(_ body: (inout Bool) -> Void) {
    lock.lock()
    defer { lock.unlock() }
    body(&shown)
  }
}

import Dispatch
import Foundation

/// Ctrl-C. Work that can stop by itself (training saves a checkpoint, writers remove their unfinished file) asks
/// `isRequested`; elsewhere, where nothing is being written, and at the second Ctrl-C, the program ends at once.
final class Interrupt: @unchecked Sendable {
  static let shared = Interrupt()

  private let lock = NSLock()
  private var requested = false
  private var deferred = false
  private var sources: [any DispatchSourceSignal] = []

  /// Starts listening, and turns a file that grew too large into an error of the write.
  func install() {
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler { [self] in handle() }
      source.resume()
      sources.append(source)
    }
  }

  /// Whether the work should stop as soon as it can.
  var isRequested: Bool { lock.withLock { requested } }

  /// Whether the running work stops by itself.
  var isDeferred: Bool {
    get { lock.withLock { deferred } }
    set { lock.withLock { deferred = newValue } }
  }

  private func handle() {
    let endNow = lock.withLock {
      defer { requested = true }
      return requested || !deferred
    }
    if endNow {
      Terminal.clearProgress()
      _exit(ExitStatus.interrupted.rawValue)
    }
    Log.logger.notice(
      "Stopping as soon as nothing is half done (Ctrl-C again ends at once).", metadata: ["event": "stopping"])
  }
}

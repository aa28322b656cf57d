import Dispatch
import Foundation

/// Runs the same work on several threads. A lane is a thread with buffers of its own: a gradient, workspaces.
///
/// Work is dealt out by fixed rules (lane l takes chunks l, l + lanes, ...), never by who is first, so that the same
/// number of lanes gives the same sums bit for bit.
public struct LaneRunner: Sendable {
  public let lanes: Int

  /// - Parameter lanes: at least 1; by default one for each processor.
  public init(lanes: Int = ProcessInfo.processInfo.activeProcessorCount) { self.lanes = max(1, lanes) }

  /// Calls `body` with every lane's number at the same time and waits for all.
  public func run(_ body: @Sendable (_ lane: Int) -> Void) {
    if lanes == 1 { return body(0) }
    DispatchQueue.concurrentPerform(iterations: lanes, execute: body)
  }

  /// Calls `body` for every chunk number below `chunks`; lane l does chunks l, l + lanes, ... in order.
  public func run(chunks: Int, _ body: @Sendable (_ lane: Int, _ chunk: Int) -> Void) {
    run { lane in
      for chunk in stride(from: lane, to: chunks, by: lanes) { body(lane, chunk) }
    }
  }

  /// Calls `body` with a contiguous share of `0..<count` for every lane; shares start on cache lines of values of 4 bytes.
  func run(sharing count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    let share = ((count + lanes - 1) / lanes + 15) / 16 * 16
    run { lane in body(min(count, lane * share)..<min(count, (lane + 1) * share)) }
  }
}

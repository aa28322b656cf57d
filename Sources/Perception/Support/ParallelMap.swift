import Foundation

/// `body` of 0..<count on all cores, in order of index in the result.
///
/// - Parameters:
///   - progress: called on the calling thread after each finished piece with how many are done, and `count`.
///   - body: runs on several threads at once.
/// - Throws: the first error that a piece threw; pieces not begun by then are left out.
func parallelMap<Value: Sendable>(
  count: Int, progress: ((Int, Int) -> Void)? = nil, _ body: @escaping @Sendable (Int) throws -> Value
) throws -> [Value] {
  guard count > 0 else { return [] }
  let board = PieceBoard<Value>(count: count)
  let finished = DispatchSemaphore(value: 0)
  for _ in 0..<min(count, ProcessInfo.processInfo.activeProcessorCount) {
    DispatchQueue.global(qos: .userInitiated).async {
      while let index = board.next() {
        board.finish(index, Result { try body(index) })
        finished.signal()
      }
    }
  }
  for done in 1...count {
    finished.wait()
    if let error = board.firstError {
      // Pieces under way end by themselves; nobody waits for their results.
      throw error
    }
    progress?(done, count)
  }
  return board.values
}

/// Which pieces are taken and what they gave, shared by the workers of `parallelMap`.
private final class PieceBoard<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var taken = 0
  private var results: [Value?]
  private var error: (any Error)?

  init(count: Int) { results = Array(repeating: nil, count: count) }

  /// The next piece to work on, or nil when all are taken or one has failed.
  func next() -> Int? {
    lock.withLock {
      guard error == nil, taken < results.count else { return nil }
      taken += 1
      return taken - 1
    }
  }

  func finish(_ index: Int, _ result: Result<Value, any Error>) {
    lock.withLock {
      switch result {
      case .success(let value): results[index] = value
      case .failure(let failure): if error == nil { error = failure }
      }
    }
  }

  var firstError: (any Error)? { lock.withLock { error } }
  var values: [Value] { lock.withLock { results.compactMap { $0 } } }
}

import Dispatch

/// The parts of an iteration.
public enum TrainingPart: String, Codable, CaseIterable, Sendable {
  /// Drawing the points.
  case draw
  /// Evaluating the networks.
  case forward
  /// The losses and their gradients at the networks' outputs.
  case losses
  /// Gradients through the networks.
  case backward
  /// Gradients of the tables, and Adam.
  case update
}

/// Times the parts of the work of one lane; used by one thread at a time.
final class PartWatch: @unchecked Sendable {
  private(set) var seconds: [TrainingPart: Double] = [:]
  private var last: UInt64 = 0

  func start() { last = DispatchTime.now().uptimeNanoseconds }

  /// Counts the time since the last call as `part`'s.
  func lap(_ part: TrainingPart) {
    let now = DispatchTime.now().uptimeNanoseconds
    seconds[part, default: 0] += Double(now - last) * 1e-9
    last = now
  }
}

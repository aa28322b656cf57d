import Foundation

/// How a learning rate, or the weight of a loss, falls over a run. `progress` is the share of the run that is done, in [0, 1].
public enum RateSchedule: Codable, Equatable, Sendable {
  case constant
  /// 1 until `from`, then exponentially down to `floor` at the end.
  case exponential(from: Double, floor: Double)

  /// Whether its factors are from 0 to 1, whatever the progress.
  public var isPlausible: Bool {
    switch self {
    case .constant: true
    case .exponential(let start, let floor): (0...1).contains(start) && (0...1).contains(floor)
    }
  }

  public func factor(at progress: Double) -> Float {
    switch self {
    case .constant: return 1
    case .exponential(let start, let floor):
      guard progress > start, start < 1 else { return 1 }
      return Float(pow(floor, min(1, (progress - start) / (1 - start))))
    }
  }
}

/// When a phase of a run ends: after a number of iterations, after a share of the run, or never.
public enum PhaseEnd: Codable, Equatable, Sendable {
  case iteration(Int)
  case fraction(Double)
  case never

  /// Whether the phase still lasts at `iteration` (from 0), when the share `progress` of the run is done.
  public func lasts(iteration: Int, progress: Double) -> Bool {
    switch self {
    case .iteration(let end): iteration < end
    case .fraction(let end): progress < end
    case .never: true
    }
  }
}

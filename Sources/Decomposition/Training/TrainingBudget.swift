/// How long a model trains.
public enum TrainingBudget: Codable, Equatable, Sendable {
  /// A number of iterations: the same seed gives the same model bit for bit.
  case iterations(Int)
  /// Wall-clock seconds from the first iteration: schedules follow the time, so results differ a little from run to run.
  case seconds(Double)

  /// Whether there is time for what pays off late: from four minutes or 10,000 iterations on.
  public var isLong: Bool {
    switch self {
    case .iterations(let count): count >= 10_000
    case .seconds(let seconds): seconds >= 240
    }
  }

  /// The share of the budget that is used up, in [0, 1].
  public func progress(iteration: Int, elapsed: Double) -> Double {
    switch self {
    case .iterations(let count): count > 0 ? min(1, Double(iteration) / Double(count)) : 1
    case .seconds(let seconds): seconds > 0 ? min(1, elapsed / seconds) : 1
    }
  }
}

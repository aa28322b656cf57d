import Foundation

/// Curves over one pair of axes.
public struct LinePlot: Sendable {
  /// One curve.
  public struct Series: Sendable {
    /// Its name in the legend; nil leaves it out.
    public var label: String?
    /// x and y; points that are not finite (or not positive on a logarithmic axis) are left out.
    public var points: [(x: Double, y: Double)]
    /// Which of the colours; series of one colour belong together.
    public var colour: Int
    public var isDashed: Bool
    /// Whether the points themselves are marked.
    public var hasMarks: Bool

    public init(
      label: String?, points: [(x: Double, y: Double)], colour: Int, isDashed: Bool = false, hasMarks: Bool = false
    ) {
      (self.label, self.points, self.colour) = (label, points, colour)
      (self.isDashed, self.hasMarks) = (isDashed, hasMarks)
    }
  }

  public var title: String
  public var xLabel: String
  public var yLabel: String
  public var isLogarithmicInX: Bool
  public var series: [Series]

  public init(title: String, xLabel: String, yLabel: String, isLogarithmicInX: Bool = false, series: [Series]) {
    (self.title, self.xLabel, self.yLabel) = (title, xLabel, yLabel)
    (self.isLogarithmicInX, self.series) = (isLogarithmicInX, series)
  }

  /// The curves' points that can be shown.
  func shown(_ series: Series) -> [(x: Double, y: Double)] {
    series.points.filter { $0.x.isFinite && $0.y.isFinite && (!isLogarithmicInX || $0.x > 0) }
  }
}

/// A range of values along an axis, and where its ticks are.
struct PlotAxis {
  let range: ClosedRange<Double>
  let ticks: [Double]
  private let isLogarithmic: Bool

  /// About so many ticks.
  private static let tickCount = 6.0

  /// An axis on which all of `values` have a place: from tick to tick where it is linear.
  init(_ values: [Double], isLogarithmic: Bool = false) {
    self.isLogarithmic = isLogarithmic
    var (low, high) = (values.min() ?? (isLogarithmic ? 1 : 0), values.max() ?? (isLogarithmic ? 10 : 1))
    if isLogarithmic {
      if low == high { (low, high) = (low / 2, high * 2) }
      let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
      let steps = high / low > 1000 ? [1.0] : [1, 2, 5]
      range = low...high
      ticks = decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
        .filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
    } else {
      if high - low < 1e-9 * max(1, abs(high)) { (low, high) = (low - 1, high + 1) }
      let step = Self.step((high - low) / Self.tickCount)
      let (first, last) = ((low / step).rounded(.down), (high / step).rounded(.up))
      range = first * step...last * step
      ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    }
  }

  /// Where a value is, 0 at the beginning, 1 at the end.
  func place(_ value: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
  }

  /// 1, 2 or 5 times a power of ten, at least `least`.
  private static func step(_ least: Double) -> Double {
    let power = pow(10, log10(least).rounded(.down))
    return ([1, 2, 5].first { $0 * power >= least * 0.999 } ?? 10) * power
  }
}

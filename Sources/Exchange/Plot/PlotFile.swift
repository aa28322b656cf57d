import Foundation
import Media

/// Plots as one SVG file: side by side, readable on light and on dark ground, without anything from elsewhere.
public enum PlotFile {
  /// Writes the plots; the file appears whole or not at all.
  /// - Throws: `MediaError.cannotWrite`.
  public static func write(_ plots: [LinePlot], to url: URL) throws {
    try AtomicFile.write(Data(svg(plots).utf8), to: url)
  }

  /// Size of a plot, and of the margins around its axes, in pixels.
  private static let (width, height) = (520.0, 360.0)
  private static let (left, right, top, bottom) = (58.0, 16.0, 36.0, 46.0)

  /// Colours that differ in lightness too, so that they are told apart without colour vision; on light and dark ground
  /// (after Okabe and Ito, "Color Universal Design", 2008).
  private static let colours = [
    ("#0072b2", "#56b4e9"), ("#d55e00", "#ff9f4a"), ("#009e73", "#3ed0a4"), ("#a8518a", "#e39cc9"),
  ]

  /// The plots as a document.
  public static func svg(_ plots: [LinePlot]) -> String {
    let total = number(Double(max(plots.count, 1)) * width)
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(total)" height="\(number(height))" \
      viewBox="0 0 \(total) \(number(height))" font-family="system-ui, sans-serif" font-size="12">
      <style>
      \(style)
      </style>
      <rect class="ground" width="100%" height="100%"/>

      """
    for (index, plot) in plots.enumerated() {
      text += "<g transform=\"translate(\(number(Double(index) * width)) 0)\">\n\(panel(plot))</g>\n"
    }
    return text + "</svg>\n"
  }

  private static var style: String {
    var light = ".ground { fill: #ffffff } text { fill: #222222 } .grid { stroke: #dddddd } .axis { stroke: #555555 }"
    var dark = ".ground { fill: #16181c } text { fill: #e4e4e4 } .grid { stroke: #33373d } .axis { stroke: #aaaaaa }"
    for (index, colour) in colours.enumerated() {
      light += " .c\(index) { stroke: \(colour.0) } .m\(index) { fill: \(colour.0) }"
      dark += " .c\(index) { stroke: \(colour.1) } .m\(index) { fill: \(colour.1) }"
    }
    return light + "\n@media (prefers-color-scheme: dark) { \(dark) }"
  }

  private static func panel(_ plot: LinePlot) -> String {
    let points = plot.series.flatMap(plot.shown)
    let xAxis = PlotAxis(points.map(\.x), isLogarithmic: plot.isLogarithmicInX)
    let yAxis = PlotAxis(points.map(\.y))
    func x(_ value: Double) -> Double { left + xAxis.place(value) * (width - left - right) }
    func y(_ value: Double) -> Double { height - bottom - yAxis.place(value) * (height - top - bottom) }

    var text = label(plot.title, x: left, y: top - 14, extra: "font-weight=\"bold\"")
    for tick in xAxis.ticks {
      text += line("grid", x(tick), top, x(tick), height - bottom)
      text += label(tickText(tick), x: x(tick), y: height - bottom + 16, extra: "text-anchor=\"middle\"")
    }
    for tick in yAxis.ticks {
      text += line("grid", left, y(tick), width - right, y(tick))
      text += label(tickText(tick), x: left - 6, y: y(tick) + 4, extra: "text-anchor=\"end\"")
    }
    text += line("axis", left, height - bottom, width - right, height - bottom)
    text += line("axis", left, top, left, height - bottom)
    text += label(plot.xLabel, x: (left + width - right) / 2, y: height - 10, extra: "text-anchor=\"middle\"")
    let middle = (top + height - bottom) / 2
    text += label(
      plot.yLabel, x: 14, y: middle, extra: "text-anchor=\"middle\" transform=\"rotate(-90 14 \(number(middle)))\"")
    for series in plot.series {
      text += curve(series, plot.shown(series).map { (x($0.x), y($0.y)) })
    }
    return text + legend(plot.series)
  }

  private static func curve(_ series: LinePlot.Series, _ places: [(Double, Double)]) -> String {
    guard !places.isEmpty else { return "" }
    let path = places.map { "\(number($0.0)),\(number($0.1))" }.joined(separator: " ")
    var text = "<polyline class=\"\(stroke(series))\" points=\"\(path)\"\(dashes(series)) \(lineStyle)/>\n"
    if series.hasMarks {
      for place in places {
        text += "<circle class=\"m\(colour(series))\" cx=\"\(number(place.0))\" cy=\"\(number(place.1))\" r=\"3\"/>\n"
      }
    }
    return text
  }

  /// In the lower right corner, where curves that rise leave room.
  private static func legend(_ all: [LinePlot.Series]) -> String {
    let named = all.filter { $0.label != nil }
    let longest = named.compactMap(\.label?.count).max() ?? 0
    let begin = max(left + 8, width - right - 44 - 6.8 * Double(longest))
    guard !named.isEmpty else { return "" }
    let high = 18 * Double(named.count) + 6
    var text =
      "<rect class=\"ground\" opacity=\"0.85\" x=\"\(number(begin - 6))\" y=\"\(number(height - bottom - high - 4))\" "
      + "width=\"\(number(width - right - begin + 4))\" height=\"\(number(high))\"/>\n"
    for (row, series) in named.enumerated() {
      let y = height - bottom - 14 - 18 * Double(named.count - 1 - row)
      text +=
        "<line class=\"\(stroke(series))\" \(ends(begin, y - 4, begin + 26, y - 4))\(dashes(series)) \(lineStyle)/>\n"
      text += label(series.label ?? "", x: begin + 34, y: y, extra: "")
    }
    return text
  }

  private static let lineStyle = "fill=\"none\" stroke-width=\"1.8\" stroke-linejoin=\"round\""

  private static func colour(_ series: LinePlot.Series) -> Int { series.colour % colours.count }
  private static func stroke(_ series: LinePlot.Series) -> String { "c\(colour(series))" }
  private static func dashes(_ series: LinePlot.Series) -> String {
    series.isDashed ? " stroke-dasharray=\"5 4\"" : ""
  }

  private static func line(_ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line class=\"\(style)\" \(ends(x1, y1, x2, y2))/>\n"
  }

  private static func ends(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\""
  }

  private static func label(_ text: String, x: Double, y: Double, extra: String) -> String {
    "<text x=\"\(number(x))\" y=\"\(number(y))\" \(extra)>\(XMLElement.escaped(text))</text>\n"
  }

  /// A coordinate to a tenth of a pixel.
  private static func number(_ value: Double) -> String { String(format: "%g", (value * 10).rounded() / 10) }

  private static func tickText(_ value: Double) -> String { String(format: "%.6g", abs(value) < 1e-12 ? 0 : value) }
}

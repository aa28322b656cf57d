import Decomposition
import Exchange
import Foundation

/// A comparison as files: `curves.json` with everything, `curves.svg` to look at.
struct CurveFiles {
  let result: ComparedStarts

  init(_ result: ComparedStarts) { self.result = result }

  func write(to folder: URL, _ context: SessionContext) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let (json, svg) = (folder.appendingPathComponent("curves.json"), folder.appendingPathComponent("curves.svg"))
    try FileAccess.write(encoder.encode(result) + Data("\n".utf8), to: json)
    context.onEvent(.wrote(json))
    try PlotFile.write(plots, to: svg)
    context.onEvent(.wrote(svg))
  }

  /// PSNR over time, and over iterations.
  var plots: [LinePlot] {
    [
      plot("seconds", title: "\(result.clip): PSNR over time") { $0.seconds },
      plot("iterations", title: "PSNR over iterations") { Double($0.iteration) },
    ]
  }

  /// The curves of one start have one colour, and end in a dot; only the longest is in the legend.
  private func plot(_ unit: String, title: String, _ x: (QualityCurve.Point) -> Double) -> LinePlot {
    let ends = result.budgets.compactMap { $0.baseline.curve.points.last }.map(x)
    var series: [LinePlot.Series] = []
    for (index, pair) in result.budgets.enumerated() {
      for (colour, run) in [pair.baseline, pair.run].enumerated() {
        let points = run.curve.points.map { (x: x($0), y: $0.psnr) }
        let name = colour == 0 || run.start != pair.baseline.start ? run.start : "\(run.start), again"
        series.append(
          LinePlot.Series(
            label: index == 0 ? name : nil, points: points, colour: colour, isDashed: colour == 0))
        series.append(LinePlot.Series(label: nil, points: points.suffix(1), colour: colour, hasMarks: true))
      }
    }
    let isLogarithmic = (ends.max() ?? 1) >= 8 * (ends.min() ?? 1)
    return LinePlot(
      title: title, xLabel: unit, yLabel: "PSNR (dB)", isLogarithmicInX: isLogarithmic, series: series)
  }
}

import Session

extension Report {
  /// Two starts beside each other, a line a budget.
  static func comparison(_ result: ComparedStarts) -> String {
    guard let first = result.budgets.first else { return "" }
    var rows = [["budget", first.baseline.start, first.run.start, "gain", "without residuals", "IoU", "ahead after"]]
    rows += result.budgets.map { pair in
      let (ours, baseline) = (pair.run.evaluation, pair.baseline.evaluation)
      return [
        pair.budget.text, psnr(baseline.psnr), psnr(ours.psnr), signed(pair.gain),
        signed(ours.psnrWithoutResiduals - baseline.psnrWithoutResiduals),
        iou(baseline.maskIoU) + " / " + iou(ours.maskIoU), passing(pair),
      ]
    }
    let mean = result.budgets.map(\.gain).reduce(0, +) / Double(result.budgets.count)
    let start = first.run.curve.points.first?.psnr ?? 0
    return table(rows) + "\n\nmean gain \(signed(mean)) dB; before the first iteration \(psnr(start)) dB "
      + "(\(first.baseline.start): \(psnr(first.baseline.curve.points.first?.psnr ?? 0)) dB)"
  }

  /// Columns as wide as their longest entry, the first to the left, the others to the right.
  static func table(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, text in
        let padding = String(repeating: " ", count: widths[column] - text.count)
        return column == 0 ? text + padding : padding + text
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  static func psnr(_ value: Double) -> String { TextFormat.decimal(value, 2) }
  static func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + TextFormat.decimal(value, 2) }

  private static func iou(_ values: [String: Double]) -> String {
    values.isEmpty ? "-" : TextFormat.decimal(values.values.reduce(0, +) / Double(values.count), 3)
  }

  /// When the curve passed what the baseline reached in the end.
  private static func passing(_ pair: ComparedStarts.AtBudget) -> String {
    guard let passes = pair.passes else { return "never" }
    switch pair.budget {
    case .seconds(let seconds):
      return "\(TextFormat.decimal(passes.seconds, 1)) s (\(TextFormat.decimal(100 * passes.seconds / seconds, 0)) %)"
    case .iterations(let count): return "\(passes.iteration) (\(100 * passes.iteration / count) %)"
    }
  }
}

import Decomposition
import Session

extension Report {
  /// This program's numbers beside the paper's: a line for each row and clip of the table.
  static func reproduced(_ table: ReproducedTable) -> String {
    var lines = [["", "clip", "PSNR", "paper", "SSIM", "paper", "without residuals", "IoU"]]
    for row in table.rows {
      let shown = row.cells.filter { $0.measured != nil }
      lines += shown.enumerated().map { index, cell in
        [
          index == 0 ? row.name : "", cell.clip, number(cell.measured?.psnr, 2), number(cell.paperPSNR, 2),
          number(cell.measured?.ssim, 3), number(cell.paperSSIM, 3), number(cell.measured?.psnrWithoutResiduals, 2),
          number(cell.measured.map { mean(Array($0.maskIoU.values)) }, 3),
        ]
      }
      // The paper's mean over the clips that were run, so that both are of the same clips.
      if shown.count > 1 {
        let (ours, papers) = (shown.compactMap { $0.measured?.psnr }, shown.compactMap(\.paperPSNR))
        let complete = papers.count == shown.count
        lines.append(
          ["", "mean", number(mean(ours), 2), complete ? number(mean(papers), 2) : "-", "", "", "", ""])
      }
    }
    let heading =
      "Table \(table.table) of the paper: \(table.title)\n"
      + "budget \(table.budget) a run, \(table.frames) frames of \(table.size), preset \(table.preset.rawValue), "
      + "seed \(table.seed)"
      + (table.settings.isEmpty ? "" : ", changed settings")
    let missing = table.missing.isEmpty ? [] : ["not run: \(table.missing.joined(separator: ", "))"]
    return ([heading, "", self.table(lines), ""] + missing + table.notes).joined(separator: "\n")
  }

  private static func number(_ value: Double?, _ places: Int) -> String {
    value.map { TextFormat.decimal($0, places) } ?? "-"
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
}

import Decomposition
import Foundation
import Session

/// Results as they are printed on stdout.
enum Report {
  /// A value as one JSON object.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The metrics of a project as a table.
  static func table(_ evaluation: Evaluation) -> String {
    var rows = [
      ("PSNR", TextFormat.decimal(evaluation.psnr, 2) + " dB"),
      ("PSNR without residuals", TextFormat.decimal(evaluation.psnrWithoutResiduals, 2) + " dB"),
      ("SSIM", TextFormat.decimal(evaluation.ssim, 4)),
    ]
    for (layer, value) in evaluation.maskIoU.sorted(by: { $0.key < $1.key }) {
      rows.append(("mask IoU of \(layer)", TextFormat.decimal(value, 3)))
    }
    for (layer, value) in (evaluation.objectShareElsewhere ?? [:]).sorted(by: { $0.key < $1.key }) {
      rows.append(("share of \(layer) in other layers", TextFormat.decimal(100 * value, 1) + " %"))
    }
    if let detail = evaluation.residualHighFrequency {
      rows.append(("fine detail in the light", TextFormat.decimal(detail, 4)))
    }
    rows.append(("flow consistency", TextFormat.decimal(evaluation.flowConsistencyPixels, 2) + " px"))
    return columns(rows)
  }

  /// What a finished project holds.
  static func finished(_ project: Project) -> String {
    let layout = project.layout
    var text = "project  \(layout.folder.path)\n"
    for layer in project.record.layers { text += "texture  \(layout.texture(of: layer).path)\n" }
    text += "watch    \(layout.comparison.path)\n"
    return project.record.metrics.map { text + table($0) } ?? text
  }

  /// Two columns, the first as wide as its longest entry.
  static func columns(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { $0.0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
  }
}

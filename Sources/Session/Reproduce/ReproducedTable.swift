import Decomposition
import Media

/// A table of the paper with this program's numbers beside it.
public struct ReproducedTable: Codable, Equatable, Sendable {
  /// One clip in one row.
  public struct Cell: Codable, Equatable, Sendable {
    public var clip: String
    /// The paper's; nil where it has none.
    public var paperPSNR: Double?
    public var paperSSIM: Double?
    /// This program's; nil where it was not run.
    public var measured: Evaluation?
  }

  public struct Row: Codable, Equatable, Sendable {
    public var name: String
    public var cells: [Cell]
  }

  /// Its number in the paper.
  public var table: Int
  public var title: String
  /// What a run may cost, and every other condition that differs from the paper's.
  public var budget: String
  public var frames: Int
  public var size: PixelSize
  public var preset: Preset
  public var settings: [String: JSONValue]
  public var seed: UInt64
  public var rows: [Row]
  /// Clips of the table that the data folder does not have, or that were not asked for.
  public var missing: [String]
  /// What a reader must know of single numbers.
  public var notes: [String]
}

extension ReproducedTable.Row {
  /// A row of the paper with what was measured of it, by clip.
  init(_ row: PaperTable.Row, of table: PaperTable, measured: [String: Evaluation]) {
    name = row.name
    cells = table.clips.enumerated().map { index, clip in
      ReproducedTable.Cell(
        clip: clip, paperPSNR: row.psnr.indices.contains(index) ? row.psnr[index] : nil,
        paperSSIM: row.ssim.indices.contains(index) ? row.ssim[index] : nil, measured: measured[clip])
    }
  }
}

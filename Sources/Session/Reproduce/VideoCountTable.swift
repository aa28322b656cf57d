import Decomposition

/// Table 2: how the number of videos that share a metamodel changes what it predicts for them.
struct VideoCountTable: TableExperiment {
  let name = "table2"
  let table = PaperTable.table2
  let summary =
    "metamodels of the first 1, 3, 5, 10 and 15 videos of the paper's list, trained jointly, the budget for each video; "
    + "measured is what they predict"

  func run(_ bench: Reproduction) throws -> (measured: [[String: Evaluation]], notes: [String]) {
    var notes: [String] = []
    let measured = try table.rows.map { row -> [String: Evaluation] in
      let count = Int(row.name) ?? 1
      if count == 1 { return try single(bench) }
      let wanted = Array(PaperTable.trainingClips.prefix(count))
      let here = bench.data.here(among: wanted)
      guard here.count == count else {
        notes.append(
          "\(count) videos: not run, without \(wanted.filter { !here.contains($0) }.joined(separator: ", "))")
        return [:]
      }
      let metamodel = try bench.metamodel(wanted, MetaVariant())
      return try evaluations(bench.clips.filter(wanted.contains)) { try bench.predicted($0, by: metamodel) }
    }
    return (measured, notes)
  }

  /// One metamodel a video.
  private func single(_ bench: Reproduction) throws -> [String: Evaluation] {
    try evaluations(bench.clips) { try bench.predicted($0, by: bench.metamodel([$0], MetaVariant())) }
  }
}

/// What `body` measures of each clip.
func evaluations(_ clips: [String], _ body: (String) throws -> Evaluation) rethrows -> [String: Evaluation] {
  try Dictionary(uniqueKeysWithValues: clips.map { ($0, try body($0)) })
}

import Decomposition

/// Table 4: what computed embeddings and predicted grids are worth for the training videos.
struct EmbeddingTable: TableExperiment {
  let name = "table4"
  let table = PaperTable.table4
  let summary =
    "metamodels of 1 and of 3 videos, trained jointly, the budget for each video: with learned embeddings, with grids that "
    + "all videos share, and as in table 2; measured is what they predict"

  private static let variants = [
    MetaVariant(learnsEmbeddings: true), MetaVariant(universalGrids: true), MetaVariant(),
  ]

  func run(_ bench: Reproduction) throws -> (measured: [[String: Evaluation]], notes: [String]) {
    let single = try Self.variants.map { variant in
      try evaluations(bench.clips) { try bench.predicted($0, by: bench.metamodel([$0], variant)) }
    }
    guard bench.clips.count == table.clips.count else {
      return (single + Self.variants.map { _ in [:] }, ["3 videos: not run, a video is missing"])
    }
    let together = try Self.variants.map { variant in
      let metamodel = try bench.metamodel(table.clips, variant)
      return try evaluations(table.clips) { try bench.predicted($0, by: metamodel) }
    }
    return (single + together, [])
  }
}

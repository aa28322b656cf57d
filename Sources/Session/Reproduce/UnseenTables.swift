import Decomposition
import Foundation
import Hypernetwork
import NeuralField

/// Table 3 (and 6): unseen videos from scratch and from a metamodel.
struct UnseenTable: TableExperiment {
  let name = "table3"
  let table = PaperTable.table3
  let takesMetamodel = true
  let summary =
    "every unseen video with the budget, from scratch and from the metamodel of --init, or from one that is trained "
    + "before on those of the paper's 15 videos that are here, with --meta-budget for each"

  func run(_ bench: Reproduction) throws -> (measured: [[String: Evaluation]], notes: [String]) {
    let (metamodel, origin) = try source(bench)
    let known = metamodel.description.trainedOn.map(\.name)
    var notes = ["the metamodel: \(origin), trained on \(known.joined(separator: ", "))"]
    let seen = bench.clips.filter(known.contains)
    if !seen.isEmpty { notes.append("not unseen: \(seen.joined(separator: ", "))") }
    let scratch = try evaluations(bench.clips) { try bench.evaluation(of: bench.data.clip($0), called: $0) }
    let tuned = try evaluations(bench.clips) { name in
      let start = MetamodelStart(name: "metamodel", metamodel: metamodel)
      return try bench.evaluation(of: bench.data.clip(name), called: name, from: start)
    }
    return ([scratch, tuned], notes)
  }

  private func source(_ bench: Reproduction) throws -> (Metamodel, origin: String) {
    if let url = bench.request.metamodel { return (try Metamodel(contentsOf: url), url.lastPathComponent) }
    let here = bench.data.here(among: PaperTable.trainingClips)
    guard !here.isEmpty else {
      throw SessionError.tableClipsAbsent(path: bench.request.data.path, wanted: PaperTable.trainingClips)
    }
    let budget = bench.request.metaBudget ?? bench.request.budget
    return (try bench.metamodel(here, MetaVariant(update: .reptile)), "\(budget.text) for each video")
  }
}

/// Table 7: unseen videos from metamodels of three videos with learned and with computed embeddings.
struct UnseenEmbeddingTable: TableExperiment {
  let name = "table7"
  let table = PaperTable.table7
  let summary =
    "every unseen video with the budget, from metamodels of hike, car-turn and blackswan with learned and with computed "
    + "embeddings, trained before with --meta-budget for each video"

  func run(_ bench: Reproduction) throws -> (measured: [[String: Evaluation]], notes: [String]) {
    let wanted = Array(PaperTable.trainingClips.prefix(3))
    let absent = wanted.filter { !bench.data.here(among: wanted).contains($0) }
    guard absent.isEmpty else {
      throw SessionError.tableClipsAbsent(path: bench.request.data.path, wanted: absent)
    }
    let measured = try [true, false].map { learned in
      // Learned vectors belong to the clips as they are, so neither is trained on changed ones.
      let variant = MetaVariant(
        update: .reptile, learnsEmbeddings: learned, augmentation: AugmentationConfiguration.none)
      let metamodel = try bench.metamodel(wanted, variant)
      return try evaluations(bench.clips) { name in
        let start: any InitialParameters =
          learned ? MeanVectorStart(metamodel: metamodel) : MetamodelStart(name: "metamodel", metamodel: metamodel)
        return try bench.evaluation(of: bench.data.clip(name), called: name, from: start)
      }
    }
    return (measured, ["an unseen video has no learned embedding: the mean of the training videos' stands for it"])
  }
}

/// What a metamodel with learned embeddings predicts for the mean of its vectors.
private struct MeanVectorStart: InitialParameters {
  let name = "metamodel"
  let metamodel: Metamodel
  var model: ModelConfiguration? { metamodel.fixedModel }
  var holdsTextures: Bool { metamodel.predictsTextures }
  var holdsMappings: Bool { metamodel.predictsMappings }

  func parameters(
    for clip: TrainingClip, called clipName: String, model: ModelConfiguration, seed: UInt64
  ) throws -> AlignedBuffer? {
    let description = metamodel.description
    let vectors = description.trainedOn.compactMap { metamodel.learnedEmbedding(of: $0.name) }
    let mean = (0..<description.embeddingSize).map { place in
      vectors.reduce(Float(0)) { $0 + $1[place] } / Float(max(1, vectors.count))
    }
    return try metamodel.parameters(
      for: mean, from: description.embedder, model: model, layerCount: clip.layerNames.count, seed: seed)
  }
}

import Decomposition
import Perception

/// Table 5: what automatic masks cost. Opacity is compared with the true masks in both rows.
struct MaskTable: TableExperiment {
  let name = "table5"
  let table = PaperTable.table5
  let summary = "every clip from scratch, with true masks and with automatic ones"

  func run(_ bench: Reproduction) throws -> (measured: [[String: Evaluation]], notes: [String]) {
    var (given, automatic): ([String: Evaluation], [String: Evaluation]) = ([:], [:])
    var notes = ["IoU is with the true masks in both rows"]
    for name in bench.clips {
      let clip = try bench.data.clip(name)
      given[name] = try bench.evaluation(of: clip, called: name)
      do {
        let found = try bench.data.clip(name, automaticMasks: true)
        guard found.layerNames == clip.layerNames else {
          notes.append("\(name): the masks are of \(clip.objects.count) objects, automatic ones of one")
          continue
        }
        automatic[name] = try bench.evaluation(of: found, called: name, reference: clip)
      } catch let error as PerceptionError {
        notes.append("\(name): no automatic masks: \(error)")
      }
    }
    return ([given, automatic], notes)
  }
}

import ArgumentParser
import Embedding

extension VideoMAEPreprocessing.Framing: ExpressibleByArgument {}

/// Which embedder: the options of every subcommand that turns clips into vectors.
struct EmbedderOptions: ParsableArguments {
  enum Kind: String, ExpressibleByArgument, CaseIterable { case descriptor, videomae }

  @Option(help: "The embedder: descriptor (the default) or videomae.") var embedder: Kind?
  @Option(help: ArgumentHelp("A VideoMAE model: a folder, or a file of weights.", valueName: "path"))
  var videomae: String?
  @Option(help: "How VideoMAE's square is filled: stretch (the whole frame) or crop (its middle).")
  var framing: VideoMAEPreprocessing.Framing = .stretch
  @Option(help: ArgumentHelp("A compression of the model's features.", valueName: "file")) var compression: String?
  @Flag(help: "Take the vector from the model's own linear head.") var head = false

  func validate() throws {
    if embedder == .descriptor && videomae != nil {
      throw ValidationError("--embedder descriptor uses no model; leave --videomae out.")
    }
    if !usesModel && (compression != nil || head) {
      throw ValidationError("--compression and --head need --embedder videomae.")
    }
    if compression != nil && head { throw ValidationError("--compression and --head exclude each other.") }
  }

  var usesModel: Bool { embedder == .videomae || videomae != nil }

  var model: VideoMAEChoice {
    var choice = VideoMAEChoice()
    (choice.path, choice.framing, choice.compression, choice.usesHead) = (videomae, framing, compression, head)
    return choice
  }

  var choice: EmbedderChoice { usesModel ? .videoMAE(model) : .descriptor }
}

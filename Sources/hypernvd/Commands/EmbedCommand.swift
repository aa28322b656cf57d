import ArgumentParser
import Embedding
import Foundation
import Session

/// `hypernvd embed`
struct EmbedCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turn clips into vectors: what a metamodel knows of a video.",
    discussion: """
      Looks at 16 frames in the middle of each clip. The embedder 'descriptor' needs no model: colours, edges and motion,
      nothing learned. 'videomae' uses VideoMAE-base (see 'hypernvd models') or the model that --videomae names, with its
      features averaged over the tokens, or compressed by a file that --fit-compression made.

      EXAMPLES:
        hypernvd embed clip.mp4
        hypernvd embed clip.mp4 other.mp4 -o vectors.npy
        hypernvd embed clip.mp4 --videomae videomae-base/ -o vector.safetensors
        hypernvd embed clips/*.mp4 --embedder videomae --fit-compression compression.safetensors
        hypernvd embed clip.mp4 --embedder videomae --compression compression.safetensors
      """)

  @Argument(help: ArgumentHelp("Video files or folders of images.", valueName: "clip")) var clips: [String]
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write: .json, .npy or .safetensors (default: JSON on stdout).", valueName: "file"))
  var output: String?
  @OptionGroup(title: "The embedder") var embedder: EmbedderOptions
  @Option(help: ArgumentHelp("Train a compression on the clips and write it here.", valueName: "file"))
  var fitCompression: String?
  @Option(help: ArgumentHelp("Steps of that training.", valueName: "count")) var iterations = 2000
  @OptionGroup(title: "The shots") var shot: ClipOptions
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    if !embedder.usesModel && fitCompression != nil {
      throw ValidationError("--fit-compression needs --embedder videomae.")
    }
    if fitCompression != nil && (embedder.compression != nil || embedder.head || output != nil) {
      throw ValidationError("--fit-compression writes no vectors; leave --compression, --head and -o out.")
    }
    if !(1...1_000_000).contains(iterations) {
      throw ValidationError("--iterations must be from 1 to 1000000, not \(iterations).")
    }
    if let output, !EmbeddingFile.extensions.contains(URL(fileURLWithPath: output).pathExtension) {
      throw ValidationError("\(output) must end in .json, .npy or .safetensors.")
    }
  }

  func run() throws {
    let session = EmbedSession(EventPrinter(log).context)
    let sources = clips.map { shot.source($0) }
    if let fitCompression {
      var training = CompressionTraining()
      training.iterations = iterations
      let errors = try session.fitCompression(
        sources, with: embedder.model, training, to: URL(fileURLWithPath: fitCompression))
      Terminal.clearProgress()
      print(
        "mean absolute error \(TextFormat.decimal(Double(errors.before), 4)) at first, "
          + "\(TextFormat.decimal(Double(errors.after), 4)) at the end, in \(fitCompression)")
      return
    }
    let records = try session.run(sources, with: embedder.choice)
    Terminal.clearProgress()
    guard let output else { return print(try EmbeddingFile.json(records)) }
    try EmbeddingFile.write(records, to: URL(fileURLWithPath: output))
    print("\(records.count) x \(records[0].values.count) values of \(records[0].embedder) in \(output)")
  }
}

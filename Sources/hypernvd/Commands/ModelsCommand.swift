import ArgumentParser
import Foundation
import Session
import Weights

/// `hypernvd models`
struct ModelsCommand: LoggingCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List the pretrained models that can be used, and fetch them.",
    discussion: """
      Nothing is fetched that was not asked for. Models lie in HYPERNVD_MODELS (by default ~/.local/share/hypernvd/models)
      or in the cache of Hugging Face's libraries. A download that broke off is continued; a file whose SHA-256 is not the
      expected one is refused.

      EXAMPLES:
        hypernvd models
        hypernvd models --fetch videomae-base
        hypernvd models --fetch https://example.org/model.safetensors --sha256 ba7816bf8f01cfea414140de5dae2223b0...
      """)

  @Option(help: ArgumentHelp("Fetch a model of the list, or the file at a URL.", valueName: "name or URL"))
  var fetch: String?
  @Option(help: ArgumentHelp("The SHA-256 that the file at the URL must have.", valueName: "digits")) var sha256:
    String?
  @Flag(help: "Print the list as JSON.") var json = false
  @OptionGroup(title: "Messages") var log: LogOptions

  func validate() throws {
    if let sha256, sha256.count != 64 || !sha256.allSatisfy({ $0.isASCII && $0.isHexDigit }) {
      throw ValidationError("--sha256 must be 64 hexadecimal digits.")
    }
    if sha256 != nil && fetch?.contains("://") != true { throw ValidationError("--sha256 belongs to --fetch URL.") }
  }

  func run() throws {
    let store = ModelStore()
    guard let fetch else { return try list(store) }
    let (files, folder) = try wanted(fetch, store)
    Interrupt.shared.isDeferred = true
    for file in files {
      let fetcher = ModelFetcher(
        onProgress: { Terminal.showProgress("fetching \(file.name): \(TextFormat.bytes($0))") },
        shouldStop: { Interrupt.shared.isRequested })
      let digest = try fetcher.fetch(file, into: folder)
      Terminal.clearProgress()
      let note = file.sha256 == nil ? " (no checksum is known to compare it with)" : ""
      print("\(folder.appendingPathComponent(file.name).path)\n  SHA-256 \(digest)\(note)")
    }
  }

  /// What to fetch, and where to.
  private func wanted(_ text: String, _ store: ModelStore) throws -> ([ModelFile], URL) {
    if text.contains("://") {
      guard let url = URL(string: text), !url.lastPathComponent.isEmpty, url.lastPathComponent != "/" else {
        throw FetchError.refused(url: text, reason: "it names no file")
      }
      return ([ModelFile(name: url.lastPathComponent, url: url, sha256: sha256)], store.folder)
    }
    guard let entry = ModelEntry.all.first(where: { $0.name == text }), !entry.files.isEmpty else {
      throw FetchError.unknownModel(name: text, known: ModelEntry.all.filter { !$0.files.isEmpty }.map(\.name))
    }
    return (entry.files, store.destination(of: entry))
  }

  private struct Row: Encodable {
    let name: String
    let summary: String
    let licence: String
    let path: String?
  }

  private func list(_ store: ModelStore) throws {
    let rows = ModelEntry.all.map {
      Row(name: $0.name, summary: $0.summary, licence: $0.licence, path: store.find($0)?.path)
    }
    if json { return print(try Report.json(rows)) }
    let table = rows.map { row in
      let absent = row.name == "u2netp" ? "absent; scripts/setup installs it" : "absent; fetch with --fetch \(row.name)"
      return (row.name, "\(row.summary); \(row.licence)\n    \(row.path ?? absent)")
    }
    print(Report.columns(table))
  }
}

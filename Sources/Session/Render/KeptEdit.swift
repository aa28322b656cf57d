import Decomposition
import Editing
import Foundation
import Media

/// An edit that a project keeps: the pictures, and the model whose textures they were painted on. When the project has
/// been trained again since, they are carried over through the video.
struct KeptEdit {
  private let name: String
  private let layout: ProjectLayout

  /// What `edit.json` holds.
  private struct Record: Codable {
    var version = 1
    /// The fingerprint of the model, in hexadecimal: names the copy under `edits/models`.
    var model: String
    var layers: [String]
  }

  /// - Throws: `SessionError.badEditName`.
  init(_ name: String, layout: ProjectLayout) throws {
    guard ProjectRecord.isLayerName(name), name != ProjectLayout.editModels else {
      throw SessionError.badEditName(name)
    }
    (self.name, self.layout) = (name, layout)
  }

  /// Keeps edits, in place of what was kept under the name.
  func write(_ edits: [String: RGBAImage]) throws {
    let folder = layout.edit(name)
    let fingerprint = try Self.fingerprint(of: layout.model)
    let copy = layout.editModel(fingerprint)
    try FileAccess.makeFolder(copy.deletingLastPathComponent())
    if !FileAccess.exists(copy) { try FileAccess.write(Self.contents(of: layout.model), to: copy) }
    try FileAccess.makeFolder(folder)
    for (layer, image) in edits {
      try ImageFile.write(image, to: folder.appendingPathComponent("\(layer).png"))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let record = Record(model: fingerprint, layers: edits.keys.sorted())
    try FileAccess.write(try encoder.encode(record), to: folder.appendingPathComponent("edit.json"))
  }

  /// The edits on the textures of the project's model.
  /// - Throws: `SessionError.noSuchEdit`, `.recordCorrupt`, `EditingError.otherClip`, `DecompositionError`, `MediaError`.
  func images(
    for model: NVDModel, _ renderer: Renderer, _ context: SessionContext
  ) throws -> [(layer: String, image: RGBAImage)] {
    let folder = layout.edit(name)
    let file = folder.appendingPathComponent("edit.json")
    guard FileAccess.exists(file) else { throw SessionError.noSuchEdit(name: name, known: layout.keptEdits) }
    guard let record = try? JSONDecoder().decode(Record.self, from: Data(contentsOf: file)), record.version == 1,
      record.model.count == 16, record.model.allSatisfy(\.isHexDigit),
      record.layers.allSatisfy(ProjectRecord.isLayerName)
    else { throw SessionError.recordCorrupt(path: file.path, reason: "it is no kept edit") }
    if let unknown = record.layers.first(where: { !model.layerNames.contains($0) }) {
      throw SessionError.unknownLayer(name: unknown, known: model.layerNames)
    }
    let images = try record.layers.map { layer in
      let url = folder.appendingPathComponent("\(layer).png")
      let image = try ImageFile.readRGBA(url)
      guard image.size.width == image.size.height else {
        throw SessionError.editShape(layer: layer, path: url.path, found: image.size)
      }
      return (layer: layer, image: image)
    }
    if record.model == (try Self.fingerprint(of: layout.model)) { return images }
    let old = Renderer(model: try NVDModel(contentsOf: layout.editModel(record.model)))
    return try carried(images, EditCarrier(from: old, to: renderer), context)
  }

  private func carried(
    _ images: [(layer: String, image: RGBAImage)], _ carrier: EditCarrier, _ context: SessionContext
  ) throws -> [(layer: String, image: RGBAImage)] {
    context.onEvent(.began(.evaluating))
    return try images.map { layer, image in
      let result = try carrier.carry(image, layer: layer) { _ in
        if context.shouldStop() { throw SessionError.interrupted }
      }
      context.onEvent(
        .note(
          "edit \(name): \(layer) was trained again; the paint was carried over through the video, "
            + "\(TextFormat.decimal(result.errorPixels, 2)) px off (root mean square), "
            + "\(TextFormat.percent(result.seenShare)) of it seen"))
      return (layer, result.image)
    }
  }

  /// The checksum of a file's bytes.
  private static func fingerprint(of url: URL) throws -> String {
    var checksum = Checksum()
    checksum.add(try contents(of: url))
    let digits = String(checksum.value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func contents(of url: URL) throws -> Data {
    do {
      return try Data(contentsOf: url)
    } catch {
      throw SessionError.recordCorrupt(path: url.path, reason: FileAccess.reason(of: error))
    }
  }
}

import Foundation

/// The files of a model: weights, and beside them what describes the network and its input.
struct VideoMAEFiles {
  let weights: URL
  private let folder: URL

  private static let weightNames = ["model.safetensors", "pytorch_model.bin"]
  /// No real configuration has more bytes.
  private static let largestConfiguration = 1 << 20

  /// - Parameter path: a folder, or a file of weights in one.
  /// - Throws: `EmbeddingError.modelAbsent` or `.notAModel`.
  init(_ path: URL) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder) else {
      throw EmbeddingError.modelAbsent(path: path.path)
    }
    guard isFolder.boolValue else {
      (weights, folder) = (path, path.deletingLastPathComponent())
      return
    }
    let found = Self.weightNames.map { path.appendingPathComponent($0) }
      .first { FileManager.default.fileExists(atPath: $0.path) }
    guard let found else {
      throw EmbeddingError.notAModel(
        path: path.path, reason: "the folder has neither \(Self.weightNames.joined(separator: " nor "))")
    }
    (weights, folder) = (found, path)
  }

  /// What messages about the configuration name.
  var configurationPath: String { folder.appendingPathComponent("config.json").path }

  /// The network's shape, or nil where no `config.json` lies beside the weights.
  func configuration() throws -> VideoMAEConfiguration? { try read("config.json") }

  /// The input's preparation; ImageNet's where no `preprocessor_config.json` lies beside the weights.
  func preprocessing() throws -> VideoMAEPreprocessing {
    let preprocessing: VideoMAEPreprocessing = try read("preprocessor_config.json") ?? VideoMAEPreprocessing()
    try preprocessing.validate(path: folder.appendingPathComponent("preprocessor_config.json").path)
    return preprocessing
  }

  private func read<Value: Decodable>(_ name: String) throws -> Value? {
    let url = folder.appendingPathComponent(name)
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular,
      (attributes?[.size] as? NSNumber)?.intValue ?? .max <= Self.largestConfiguration,
      let data = try? Data(contentsOf: url)
    else { throw EmbeddingError.badConfiguration(path: url.path, reason: "it is no readable file of a few kilobytes") }
    do {
      return try JSONDecoder().decode(Value.self, from: data)
    } catch DecodingError.typeMismatch(_, let context) {
      let field = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw EmbeddingError.badConfiguration(path: url.path, reason: "\(field) is of another type than it should be")
    } catch {
      throw EmbeddingError.badConfiguration(path: url.path, reason: "it is not JSON of the kind that models come with")
    }
  }
}

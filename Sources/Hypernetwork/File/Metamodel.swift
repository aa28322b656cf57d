import Decomposition
import Embedding
import Foundation
import NeuralField
import Weights

/// A trained hypernetwork with what must be known to use it: one safetensors file.
public final class Metamodel: @unchecked Sendable {
  /// What the file's metadata says.
  public struct Description: Codable, Equatable, Sendable {
    public static let currentVersion = 3

    /// A clip of the training.
    public struct Video: Codable, Equatable, Sendable {
      public var name: String
      public var frames: Int
      public var width: Int
      public var height: Int
      /// PSNR in dB of the predicted model, before any training, at the end of the meta-training.
      public var psnr: Double?
    }

    public var version = Description.currentVersion
    public var hypernetwork: HypernetworkConfiguration
    /// The target network.
    public var model: ModelConfiguration
    public var layerCount: Int
    public var embeddingSize: Int
    /// `VideoEmbedder.name`, or `LearnedEmbeddings.name`.
    public var embedder: String
    /// How to open it again; nil for learned embeddings and embedders from outside.
    public var embedderChoice: EmbedderChoice?
    public var training: MetaTrainingConfiguration
    public var trainedOn: [Video]
    public var visits: Int
    public var seconds: Double
    /// What whoever trained it wanted to be known: the licence of the clips, for example.
    public var note: String?

    enum CodingKeys: String, CodingKey {
      case version, hypernetwork, model, embedder, training, visits, seconds, note
      case layerCount = "layer_count"
      case embeddingSize = "embedding_size"
      case embedderChoice = "embedder_choice"
      case trainedOn = "trained_on"
    }
  }

  public internal(set) var description: Description
  public let network: Hypernetwork
  /// The vectors of the training videos, (videos, embedding size), where they are learned.
  let vectors: AlignedBuffer?

  init(_ description: Description, threads: Int?) {
    self.description = description
    network = Hypernetwork(
      description.hypernetwork, model: description.model, layerCount: description.layerCount,
      embeddingSize: description.embeddingSize, threads: threads)
    vectors =
      description.training.learnsEmbeddings
      ? AlignedBuffer(count: description.trainedOn.count * description.embeddingSize) : nil
  }

  /// The learned vector of a training video; nil for other videos, and where vectors are not learned.
  public func learnedEmbedding(of video: String) -> [Float]? {
    guard let vectors, let index = description.trainedOn.firstIndex(where: { $0.name == video }) else { return nil }
    return Array(vectors.values[index * description.embeddingSize..<(index + 1) * description.embeddingSize])
  }

  // MARK: - Use

  /// Whether it predicts what textures begin with; otherwise that can be painted.
  public var predictsTextures: Bool { description.hypernetwork.learned != .decoders }

  /// Whether it predicts mappings; otherwise they are as in a new model, and need its warm-up.
  public var predictsMappings: Bool { description.hypernetwork.learned == .everything }

  /// The only model that it can start, where it learned whole tables; nil: any sizes of tables.
  public var fixedModel: ModelConfiguration? {
    description.hypernetwork.learned == .everything ? description.model : nil
  }

  /// The parameters of the NVD model of a video: what the metamodel learned as it predicts it, the rest random.
  /// - Parameter seed: of the random values; those are what a training from scratch with this seed starts from.
  /// - Throws: `HypernetworkError.mismatch` where the metamodel is for another model or number of layers, or the vector
  ///   is another embedder's.
  public func parameters(
    for embedding: [Float], from embedder: String, model: ModelConfiguration, layerCount: Int, seed: UInt64
  ) throws -> AlignedBuffer {
    try check(embedder: embedder, model: model, layerCount: layerCount)
    guard embedding.count == description.embeddingSize, embedding.allSatisfy(\.isFinite) else {
      throw HypernetworkError.mismatch(
        "the metamodel takes embeddings of \(description.embeddingSize) finite values, not \(embedding.count)")
    }
    let prediction = AlignedBuffer(count: network.target.count)
    network.predict(embedding, into: prediction)
    let start = try NVDModel.unfitted(model, layerNames: HypernetworkLayout.layerNames(layerCount))
    start.initialize(seed: seed)
    let wanted = HypernetworkLayout(
      description.hypernetwork, model: model, layerCount: layerCount, embeddingSize: description.embeddingSize)
    let counts = network.layout.sharedValues(with: wanted)
    for (count, (source, target)) in zip(counts, zip(network.layout.target.tensors, wanted.target.tensors)) {
      (start.parameters.pointer + target.offset).update(from: prediction.pointer + source.offset, count: count)
    }
    return start.parameters
  }

  /// - Throws: `HypernetworkError.mismatch`.
  public func check(embedder: String, model: ModelConfiguration, layerCount: Int) throws {
    guard embedder == description.embedder else {
      throw HypernetworkError.mismatch(
        "the metamodel was trained with the embedder \(description.embedder), not \(embedder); use that one")
    }
    guard layerCount == description.layerCount else {
      throw HypernetworkError.mismatch(
        "the metamodel makes models of \(description.layerCount) layers, this clip has \(layerCount); give masks of "
          + "\(description.layerCount - 1) object\(description.layerCount == 2 ? "" : "s"), or train another metamodel")
    }
    var asked = model
    if fixedModel == nil { asked.takeFit(of: description.model) }
    guard asked == description.model else {
      throw HypernetworkError.mismatch(
        "the metamodel makes models of another configuration; use the preset and the model settings that it was "
          + "trained with")
    }
  }

  // MARK: - Files

  static let metadataKey = "hypernvd_metamodel"

  /// Writes the file in bf16: half the size, and the values that fine-tuning starts from differ by 0.2 % at most.
  public func save(to url: URL) throws {
    try tensors.write(as: .bfloat16, metadata: [Self.metadataKey: try Self.text(description)], to: url)
  }

  /// - Throws: `HypernetworkError.absentFile`, `.corruptFile`.
  public convenience init(contentsOf url: URL, threads: Int? = nil) throws {
    try self.init(file: try Self.open(url), path: url.path, threads: threads)
  }

  /// Whether the file at a path says that it is a metamodel; what is in it is judged when it is opened.
  /// - Throws: `HypernetworkError.absentFile`; `.corruptFile` where it is no file of tensors.
  public static func isOne(_ url: URL) throws -> Bool { try open(url).metadata[metadataKey] != nil }

  /// JSON with sorted keys: the same metamodel gives the same file, byte for byte.
  static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func open(_ url: URL) throws -> TensorFile {
    guard FileManager.default.fileExists(atPath: url.path) else { throw HypernetworkError.absentFile(path: url.path) }
    do {
      return try TensorFile(contentsOf: url)
    } catch {
      throw HypernetworkError.corruptFile(path: url.path, reason: "\(error)")
    }
  }

  convenience init(file: TensorFile, path: String, threads: Int?) throws {
    guard let text = file.metadata[Self.metadataKey] else {
      throw HypernetworkError.corruptFile(path: path, reason: "it holds no description of a metamodel")
    }
    struct VersionOnly: Decodable { var version: Int }
    let decoder = JSONDecoder()
    guard let version = try? decoder.decode(VersionOnly.self, from: Data(text.utf8)).version else {
      throw HypernetworkError.corruptFile(path: path, reason: "its description is damaged")
    }
    guard version <= Description.currentVersion else {
      throw HypernetworkError.corruptFile(
        path: path, reason: "it was written by a newer hypernvd (format \(version))")
    }
    guard version == Description.currentVersion else {
      throw HypernetworkError.corruptFile(
        path: path, reason: "it was written by an older hypernvd (format \(version)); train it again")
    }
    guard let description = try? decoder.decode(Description.self, from: Data(text.utf8)) else {
      throw HypernetworkError.corruptFile(path: path, reason: "its description is damaged")
    }
    try Self.checkSizes(description, file, path)
    self.init(description, threads: threads)
    try tensors.read(file, path: path)
  }

  /// Refuses what the file cannot hold, before anything of that size is allocated.
  private static func checkSizes(_ description: Description, _ file: TensorFile, _ path: String) throws {
    let fits =
      description.hypernetwork.fault == nil && description.model.fault == nil
      && (2...64).contains(description.layerCount) && (1...65_536).contains(description.embeddingSize)
      && description.training.fault == nil
    guard fits else {
      throw HypernetworkError.corruptFile(path: path, reason: "its description has sizes that no metamodel has")
    }
    let layout = HypernetworkLayout(
      description.hypernetwork, model: description.model, layerCount: description.layerCount,
      embeddingSize: description.embeddingSize)
    do {
      for (tensor, learned) in layout.places where learned > 0 {
        _ = try file.info(sharedPrefix + tensor.name, shape: tensor.shape(ofFirst: learned))
      }
      for tensor in layout.trunks.tensors { _ = try file.info(trunkPrefix + tensor.name, shape: tensor.shape) }
      for part in layout.parts {
        let shape = [part.rows, description.hypernetwork.coefficients]
        _ = try file.info(headPrefix + part.tensor.name, shape: shape)
      }
      if description.training.learnsEmbeddings {
        let shape = [description.trainedOn.count, description.embeddingSize]
        _ = try file.info(learnedName, shape: shape)
      }
    } catch {
      throw HypernetworkError.corruptFile(path: path, reason: "\(error)")
    }
  }

  static let sharedPrefix = "shared."
  static let headPrefix = "head."
  static let trunkPrefix = "trunk."
  private static let centreName = "embedding.centre"
  private static let learnedName = "embedding.learned"

  /// Everything that is learned, and the embeddings.
  var tensors: TensorBatch {
    var batch = TensorBatch()
    for (tensor, learned) in network.layout.places where learned > 0 {
      batch.add(
        Self.sharedPrefix + tensor.name, shape: tensor.shape(ofFirst: learned), network.shared,
        tensor.offset..<tensor.offset + learned)
    }
    for part in network.predicted {
      batch.add(Self.headPrefix + part.tensor.name, shape: [part.head.rows, part.head.columns], part.head.weights)
    }
    batch.add(Self.trunkPrefix, network.layout.trunks, network.trunkParameters)
    batch.add(Self.centreName, shape: [network.embeddingSize], network.centre)
    if let vectors {
      batch.add(Self.learnedName, shape: [description.trainedOn.count, network.embeddingSize], vectors)
    }
    return batch
  }
}

import Foundation
import Media
import NeuralField
import Weights

/// What describes a model in the metadata of its file.
private struct ModelDescription: Codable {
  static let currentVersion = 1
  var version = currentVersion
  var configuration: ModelConfiguration
  var geometry: VideoGeometry
  var layers: [String]
  var motion: [[Homography]]
}

/// What a checkpoint holds besides the model and Adam's moments.
private struct TrainingState: Codable {
  var training: TrainingConfiguration
  var seed: UInt64
  /// Whether `Trainer.prepare` has been done.
  var isPrepared: Bool
  var iteration: Int
  var adamStep: Int
  var elapsed: Double
  var budget: TrainingBudget?
}

extension NVDModel {
  /// Writes the parameters as safetensors (one tensor a parameter, under its name) with the model's description in the
  /// metadata. The file appears whole or not at all.
  public func save(to url: URL) throws {
    try SafetensorsWriter.write(
      buffers: layout.namedValues(parameters, prefix: ""), metadata: ["hypernvd_model": try description()], to: url)
  }

  /// Reads a model that `save` (or a checkpoint) wrote.
  ///
  /// - Throws: `DecompositionError` where the file is absent, damaged, or describes another model than it holds.
  public convenience init(contentsOf url: URL) throws {
    let file = try Self.open(url)
    try self.init(file: file, path: url.path)
  }

  fileprivate convenience init(file: TensorFile, path: String) throws {
    guard let text = file.metadata["hypernvd_model"] else {
      throw DecompositionError.corruptFile(path: path, reason: "it is not a model of hypernvd (no description inside)")
    }
    let description: ModelDescription
    do {
      description = try JSONDecoder().decode(ModelDescription.self, from: Data(text.utf8))
    } catch {
      throw DecompositionError.corruptFile(path: path, reason: "its description is damaged")
    }
    guard description.version <= ModelDescription.currentVersion else {
      throw DecompositionError.corruptFile(
        path: path, reason: "it was written by a newer hypernvd (format \(description.version))")
    }
    try Self.check(description, path: path)
    // Before memory is asked for: does the file hold what its description says?
    for tensor in ModelNetworks(description.configuration, layerNames: description.layers).layout.tensors {
      do {
        _ = try file.info(tensor.name, shape: tensor.shape)
      } catch {
        throw DecompositionError.corruptFile(path: path, reason: "\(error)")
      }
    }
    try self.init(
      configuration: description.configuration, geometry: description.geometry, layerNames: description.layers,
      motion: description.motion)
    try layout.read(file, prefix: "", into: parameters, path: path)
  }

  fileprivate static func open(_ url: URL) throws -> TensorFile {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw DecompositionError.absentFile(path: url.path)
    }
    do {
      return try TensorFile(contentsOf: url)
    } catch {
      throw DecompositionError.corruptFile(path: url.path, reason: "\(error)")
    }
  }

  /// Refuses descriptions whose sizes no clip has, before anything of that size is allocated.
  private static func check(_ description: ModelDescription, path: String) throws {
    let fits =
      (8...65_536).contains(description.geometry.size.width) && (8...65_536).contains(description.geometry.size.height)
      && (2...1_000_000).contains(description.geometry.frameCount) && (2...64).contains(description.layers.count)
      && description.configuration.fault == nil
    guard fits else {
      throw DecompositionError.corruptFile(path: path, reason: "its description has sizes that no model has")
    }
  }

  /// JSON with sorted keys: the same model gives the same file, byte for byte.
  fileprivate static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  fileprivate func description() throws -> String {
    let description = ModelDescription(
      configuration: configuration, geometry: geometry, layers: layerNames, motion: motion)
    return try Self.text(description)
  }
}

extension Trainer {
  /// Writes everything that continuing needs: model, Adam's moments, where errors are, iteration, seed, configuration.
  public func saveCheckpoint(to url: URL) throws {
    let state = TrainingState(
      training: configuration.training, seed: seed, isPrepared: isPrepared, iteration: iteration,
      adamStep: adam.step, elapsed: elapsed, budget: budget)
    let tensors =
      model.layout.namedValues(model.parameters, prefix: "")
      + model.layout.namedValues(adam.firstMoment, prefix: "adam.m.")
      + model.layout.namedValues(adam.secondMoment, prefix: "adam.v.") + namedMemory
    try SafetensorsWriter.write(
      buffers: tensors,
      metadata: [
        "hypernvd_model": try model.description(),
        "hypernvd_training": try NVDModel.text(state),
      ], to: url)
  }

  /// Continues from a checkpoint: with the same clip, kernels and number of threads the run ends as if it had never
  /// been interrupted.
  ///
  /// - Throws: `DecompositionError` where the file is damaged, or belongs to another clip.
  public convenience init(
    clip: TrainingClip, resuming url: URL, threads: Int? = nil, kernels: Kernels = .active
  ) throws {
    let file = try NVDModel.open(url)
    let model = try NVDModel(file: file, path: url.path)
    guard let text = file.metadata["hypernvd_training"],
      let state = try? JSONDecoder().decode(TrainingState.self, from: Data(text.utf8)),
      [state.iteration, state.adamStep].allSatisfy((0...1 << 40).contains), state.elapsed >= 0
    else {
      throw DecompositionError.corruptFile(path: url.path, reason: "it holds no training state")
    }
    if let fault = state.training.fault {
      throw DecompositionError.corruptFile(path: url.path, reason: "\(fault.key): \(fault.reason)")
    }
    guard model.geometry == clip.geometry, model.layerNames == clip.layerNames else {
      throw DecompositionError.unsuitable(
        "the checkpoint belongs to another clip: \(model.geometry.frameCount) frames of \(model.geometry.size) with "
          + "layers \(model.layerNames.joined(separator: ", ")), not \(clip.geometry.frameCount) of "
          + "\(clip.geometry.size) with \(clip.layerNames.joined(separator: ", "))")
    }
    self.init(
      clip: clip, configuration: DecompositionConfiguration(model: model.configuration, training: state.training),
      model: model, seed: state.seed, threads: threads, kernels: kernels)
    try model.layout.read(file, prefix: "adam.m.", into: adam.firstMoment, path: url.path)
    try model.layout.read(file, prefix: "adam.v.", into: adam.secondMoment, path: url.path)
    for (name, buffer) in memory {
      try file.read(name, shape: [buffer.count], into: buffer, offset: 0, path: url.path)
    }
    guard errors?.isPlausible ?? true, lightMean?.isPlausible ?? true else {
      throw DecompositionError.corruptFile(
        path: url.path, reason: "its errors or its light are none that a training can have")
    }
    errors?.useDensity()
    lightMean?.average()
    adam.step = state.adamStep
    isPrepared = state.isPrepared
    iteration = state.iteration
    elapsed = state.elapsed
    budget = state.budget
  }
}

extension ParameterLayout {
  fileprivate func namedValues(
    _ buffer: AlignedBuffer, prefix: String
  ) -> [(name: String, shape: [Int], values: UnsafeBufferPointer<Float>)] {
    tensors.map {
      (prefix + $0.name, $0.shape, UnsafeBufferPointer(start: buffer.pointer + $0.offset, count: $0.count))
    }
  }

  fileprivate func read(_ file: TensorFile, prefix: String, into buffer: AlignedBuffer, path: String) throws {
    for tensor in tensors {
      try file.read(prefix + tensor.name, shape: tensor.shape, into: buffer, offset: tensor.offset, path: path)
    }
  }
}

extension Trainer {
  /// What batches have shown.
  private var memory: [(name: String, values: AlignedBuffer)] {
    let errors = errors.map {
      [("errors.squares", $0.squares), ("errors.visits", $0.visits), ("errors.density", $0.density)]
    }
    return (errors ?? []) + (lightMean.map { [("light.sums", $0.sums)] } ?? [])
  }

  private var namedMemory: [(name: String, shape: [Int], values: UnsafeBufferPointer<Float>)] {
    memory.map { ($0, [$1.count], UnsafeBufferPointer(start: $1.pointer, count: $1.count)) }
  }
}

extension TensorFile {
  /// Reads a tensor of exactly that shape into a part of a buffer.
  fileprivate func read(
    _ name: String, shape: [Int], into buffer: AlignedBuffer, offset: Int, path: String
  ) throws {
    let target = UnsafeMutableBufferPointer(start: buffer.pointer + offset, count: shape.reduce(1, *))
    do {
      _ = try info(name, shape: shape)
      try read(name, into: target)
    } catch {
      throw DecompositionError.corruptFile(path: path, reason: "\(error)")
    }
    guard target.allSatisfy(\.isFinite) else {
      throw DecompositionError.corruptFile(path: path, reason: "\(name) holds values that are not finite")
    }
  }
}

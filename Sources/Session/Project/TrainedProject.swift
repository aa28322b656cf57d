import Decomposition
import Foundation
import Media

/// A project with its model and the frames of its clip: what rendering and evaluating start from.
struct TrainedProject {
  let layout: ProjectLayout
  let record: ProjectRecord
  let frames: SourceFrames
  let model: NVDModel

  /// - Throws: `SessionError` where the project is not there, not trained, or its clip is gone or has changed;
  ///   `DecompositionError` where the model is damaged.
  init(opening folder: URL, sourcePath: String? = nil, _ context: SessionContext) throws {
    let project = try Project(opening: folder)
    guard FileAccess.exists(project.layout.model) else { throw SessionError.notTrained(path: folder.path) }
    let model = try NVDModel(contentsOf: project.layout.model)
    let source = project.record.source
    guard model.geometry == VideoGeometry(size: source.size, frameCount: source.frameCount),
      model.layerNames == project.record.layers
    else {
      throw SessionError.recordCorrupt(
        path: project.layout.record.path, reason: "the model beside it is of another clip or has other layers")
    }
    layout = project.layout
    record = project.record
    self.model = model
    frames = try SourceFrames(source, from: sourcePath, context)
  }

  /// The clip's frames and the model's, in a size.
  /// - Throws: `SessionError.sourceAbsent`, `MediaError`.
  func output(
    _ size: OutputSize, sourcePath: String?, _ context: SessionContext
  ) throws -> (frames: SourceFrames, renderer: Renderer) {
    let size = try size.pixels(of: source, at: sourcePath)
    let own = size == source.size
    return (
      own ? frames : try SourceFrames(source, from: sourcePath, size: size, context),
      Renderer(model: model, size: size)
    )
  }

  /// What is read of the clip: a file, or the folder with its images.
  /// - Throws: `SessionError.sourceAbsent`, `MediaError`.
  func clip(at path: String?) throws -> URL { try ClipReader.location(source.url(at: path)) }

  /// What the project is made of.
  var source: ProjectRecord.Source { record.source }

  /// Masks of the project's foreground layers from a folder or video.
  /// - Throws: `SessionError.otherLayers` where they are of other objects.
  func referenceMasks(path: String, for clip: Clip) throws -> [ObjectMasks] {
    let objects = try GivenMasks.read(path, for: clip)
    let expected = Array(record.layers.dropLast())
    guard Set(objects.map(\.name)) == Set(expected) else {
      throw SessionError.otherLayers(found: objects.map(\.name), expected: expected)
    }
    return expected.compactMap { name in objects.first { $0.name == name } }
  }
}

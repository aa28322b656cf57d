import Decomposition
import Editing
import Foundation
import Media

/// What to render of a project.
public struct RenderRequest: Equatable, Sendable {
  public var project: URL
  /// A video file, or a folder for PNG frames where the path ends in "/".
  public var output: URL
  /// Layer name -> path of the picture (or OpenRaster file with paint) that goes over its texture.
  public var edits: [String: String] = [:]
  public var encoding: VideoEncoding = .h264
  /// Where the clip is now, if no longer where it was.
  public var sourcePath: String?

  public init(project: URL, output: URL) {
    self.project = project
    self.output = output
  }
}

/// Renders edited textures back into the clip. Pixels that no edit touches keep their value, so that without an edit
/// the clip itself comes out.
public struct RenderSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Returns: the number of frames written.
  /// - Throws: `SessionError`, `MediaError`, `DecompositionError`; nothing half-written is left.
  @discardableResult
  public func run(_ request: RenderRequest) throws -> Int {
    let project = try TrainedProject(opening: request.project, sourcePath: request.sourcePath, context)
    let edits = try request.edits.map { ($0, try edit(of: $0, path: $1, project)) }
    let layers = Renderer(model: project.model)
    let renderer = try EditRenderer(
      renderer: layers, edits: Dictionary(uniqueKeysWithValues: edits),
      maps: edits.isEmpty ? nil : try maps(of: project, layers))
    if !renderer.changesAnything {
      context.onEvent(.warning("no texture was changed, so the video is the clip as it is"))
    }
    let writer = try VideoWriter(
      url: request.output, size: project.clip.size, frameRate: project.clip.frameRate, encoding: request.encoding)
    defer { writer.cancel() }
    context.onEvent(.began(.rendering))
    for (index, source) in project.clip.frames.enumerated() {
      if context.shouldStop() { throw SessionError.interrupted }
      try writer.append(renderer.frame(index, source: source))
      context.onEvent(.advanced(.rendering, done: index + 1, total: project.clip.frames.count))
    }
    try writer.finish()
    context.onEvent(.wrote(request.output))
    return project.clip.frames.count
  }

  /// The kept layer maps, worked out now where they are gone or another model's; nil where they cannot be kept.
  private func maps(of project: TrainedProject, _ renderer: Renderer) throws -> LayerMapFile? {
    let url = project.layout.layerMaps
    let kept = LayerMapFile(contentsOf: url, for: project.model) { reason in
      context.onEvent(.warning("\(url.path) is damaged (\(reason)); it is worked out again"))
    }
    if let kept { return kept }
    context.onEvent(.began(.evaluating))
    do {
      try FileAccess.makeFolder(url.deletingLastPathComponent())
      try renderer.writeLayerMaps(to: url) { done in
        if context.shouldStop() { throw SessionError.interrupted }
        context.onEvent(.advanced(.evaluating, done: done, total: project.clip.frames.count))
      }
    } catch SessionError.interrupted {
      throw SessionError.interrupted
    } catch {
      context.onEvent(.warning("no layer maps were kept: \(error)"))
    }
    return LayerMapFile(contentsOf: url, for: project.model)
  }

  private func edit(of layer: String, path: String, _ project: TrainedProject) throws -> RGBAImage {
    guard project.record.layers.contains(layer) else {
      throw SessionError.unknownLayer(name: layer, known: project.record.layers)
    }
    let url = URL(fileURLWithPath: path)
    guard FileAccess.exists(url) else { throw SessionError.fileAbsent(option: "--edit", path: path) }
    if url.pathExtension.lowercased() == "ora" {
      return try PaintFile(contentsOf: url).paint(for: layer, among: project.record.layers) { size in
        try Renderer(model: project.model).texture(layer: layer, size: size)
      }
    }
    let image = try ImageFile.readRGBA(url)
    guard image.size.width == image.size.height else {
      throw SessionError.editShape(layer: layer, path: path, found: image.size)
    }
    return image
  }
}

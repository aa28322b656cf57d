import Decomposition
import Editing
import Foundation
import Media

/// Renders edited textures back into the clip, frame by frame: memory does not grow with their number. Pixels that no
/// edit touches keep their value, so that without an edit the clip itself comes out.
public struct RenderSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Returns: the number of frames written.
  /// - Throws: `SessionError`, `.outputIsInput` where the clip would be replaced, `MediaError`, `DecompositionError`; nothing
  ///   half-written is left.
  @discardableResult
  public func run(_ request: RenderRequest) throws -> Int {
    let project = try TrainedProject(opening: request.project, sourcePath: request.sourcePath, context)
    guard !FileAccess.contains(request.output, try project.clip(at: request.sourcePath)) else {
      throw SessionError.outputIsInput(path: request.output.path)
    }
    let layers = Renderer(model: project.model)
    let edits = try TextureEdits(request: request, project: project, renderer: layers, context: context).gathered()
    let overlays = try OverlayRenderer(request.overlays.map { try overlay($0, project) }, renderer: layers)
    let output = try project.output(request.size, sourcePath: request.sourcePath, context)
    let ownSize = output.renderer.size == project.source.size
    let renderer = try EditRenderer(
      renderer: output.renderer, edits: edits, maps: edits.isEmpty || !ownSize ? nil : try maps(of: project, layers))
    if !renderer.changesAnything && overlays.isEmpty {
      context.onEvent(.warning("no texture was changed, so the video is the clip as it is"))
    }
    let writer = try VideoWriter(
      url: request.output, size: output.frames.size, frameRate: project.source.frameRate, encoding: request.encoding)
    defer { writer.cancel() }
    context.onEvent(.began(.rendering))
    var (isOverlaySeen, rendered) = (overlays.isEmpty, RenderedFrame?.none)
    let count = project.source.frameCount
    for index in 0..<count {
      if context.shouldStop() { throw SessionError.interrupted }
      var frame = renderer.frame(index, source: try output.frames.frame(index))
      if !overlays.isEmpty {
        let whole = output.renderer.frame(index, reusing: rendered)
        let drawn = overlays.draw(whole, onto: frame)
        (frame, isOverlaySeen, rendered) = (drawn.frame, isOverlaySeen || drawn.isSeen, whole)
      }
      try writer.append(frame)
      context.onEvent(.advanced(.rendering, done: index + 1, total: count))
    }
    if !isOverlaySeen { context.onEvent(.warning("no overlay is seen in any frame; check its place and scale")) }
    try writer.finish()
    context.onEvent(.wrote(request.output))
    return count
  }

  private func overlay(_ sticker: RenderRequest.Sticker, _ project: TrainedProject) throws -> Overlay {
    for layer in [sticker.layer] + [sticker.behind].compactMap({ $0 }) where !project.record.layers.contains(layer) {
      throw SessionError.unknownLayer(name: layer, known: project.record.layers)
    }
    let url = URL(fileURLWithPath: sticker.path)
    guard FileAccess.exists(url) else { throw SessionError.fileAbsent(option: "--overlay", path: sticker.path) }
    var overlay = Overlay(layer: sticker.layer, image: try ImageFile.readRGBA(url))
    (overlay.place, overlay.scale, overlay.rotation) = (sticker.place, sticker.scale, sticker.rotation)
    (overlay.behind, overlay.isLit) = (sticker.behind, sticker.isLit)
    return overlay
  }

  /// The kept layer maps, worked out now where they are gone or another model's; nil where they cannot be kept.
  private func maps(of project: TrainedProject, _ renderer: Renderer) throws -> LayerMapFile? {
    let url = project.layout.layerMaps
    let kept = LayerMapFile(contentsOf: url, for: project.model) { reason in
      context.onEvent(.warning("\(url.path) is damaged (\(reason)); it is worked out again"))
    }
    if let kept { return kept }
    context.onEvent(.began(.rendering))
    do {
      try renderer.writeLayerMaps(to: url) { done in
        if context.shouldStop() { throw SessionError.interrupted }
        context.onEvent(.advanced(.rendering, done: done, total: project.source.frameCount))
      }
    } catch SessionError.interrupted {
      throw SessionError.interrupted
    } catch {
      context.onEvent(.warning("no layer maps were kept: \(error)"))
    }
    return LayerMapFile(contentsOf: url, for: project.model)
  }
}

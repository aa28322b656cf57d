import Decomposition
import Editing
import Foundation
import Media

/// Gathers everything that a request changes on textures into one picture a layer.
struct TextureEdits {
  let request: RenderRequest
  let project: TrainedProject
  let renderer: Renderer
  let context: SessionContext

  /// Layer name -> edit. From below: kept edits, pictures, painted frames.
  /// - Throws: `SessionError`, `EditingError`, `MediaError`, `ExchangeError`.
  func gathered() throws -> [String: RGBAImage] {
    var edits: [String: RGBAImage] = [:]
    for name in request.kept {
      let kept = try KeptEdit(name, layout: project.layout).images(for: project.model, renderer, context)
      for (layer, image) in kept { edits[layer] = combined(edits[layer], image) }
    }
    for (layer, path) in request.edits.sorted(by: { $0.key < $1.key }) {
      edits[layer] = combined(edits[layer], try picture(for: layer, path: path))
    }
    for painted in request.paintedFrames {
      let edit = try frameEdit(painted)
      let source = try project.frames.frame(painted.frame)
      for paint in try edit.paint(renderer: renderer, source: source, side: { edits[$0]?.size.width }) {
        edits[paint.layer] = combined(edits[paint.layer], paint.image)
        tell(paint.report, painted)
      }
    }
    if let name = request.keepAs {
      try KeptEdit(name, layout: project.layout).write(edits)
      context.onEvent(.wrote(project.layout.edit(name)))
    }
    return edits
  }

  private func picture(for layer: String, path: String) throws -> RGBAImage {
    guard project.record.layers.contains(layer) else {
      throw SessionError.unknownLayer(name: layer, known: project.record.layers)
    }
    let url = URL(fileURLWithPath: path)
    guard FileAccess.exists(url) else { throw SessionError.fileAbsent(option: "--edit", path: path) }
    if url.pathExtension.lowercased() == "ora" {
      return try PaintFile(contentsOf: url).paint(for: layer, among: project.record.layers) { size in
        try renderer.texture(layer: layer, size: size)
      }
    }
    let image = try ImageFile.readRGBA(url)
    guard image.size.width == image.size.height else {
      throw SessionError.editShape(layer: layer, path: path, found: image.size)
    }
    return image
  }

  private func frameEdit(_ painted: RenderRequest.PaintedFrame) throws -> FrameEdit {
    if let layer = request.paintedLayer, !project.record.layers.contains(layer) {
      throw SessionError.unknownLayer(name: layer, known: project.record.layers)
    }
    let url = URL(fileURLWithPath: painted.path)
    guard FileAccess.exists(url) else { throw SessionError.fileAbsent(option: "--frame-edit", path: painted.path) }
    return try FrameEdit(
      frame: painted.frame, painted: try ImageFile.readRGBA(url), onto: request.paintedLayer, clip: project.source.size,
      frames: project.source.frameCount, path: painted.path)
  }

  private func tell(_ report: FrameEdit.Report, _ painted: RenderRequest.PaintedFrame) {
    context.onEvent(
      .note(
        "frame \(painted.frame): \(report.pixels) changed pixels of \(report.layer) became \(report.texels) texels"
          + (report.folds > 0 ? "; \(report.folds) triangles left out where the mapping folds" : "")))
  }

  /// An edit over another; a smaller one is enlarged first.
  private func combined(_ below: RGBAImage?, _ above: RGBAImage) -> RGBAImage {
    below.map { above.composited(over: $0) } ?? above
  }
}

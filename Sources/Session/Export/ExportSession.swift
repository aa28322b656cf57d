import Decomposition
import Foundation
import Media

/// Writes a project's layers in the files of other programs.
public struct ExportSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Returns: what was written: files and folders; numbered files as one path with `####` for the number.
  /// - Throws: `SessionError`, `MediaError`, `ExchangeError`, `DecompositionError`; no file is half-written, and no
  ///   sequence of files incomplete.
  public func run(_ request: ExportRequest) throws -> [URL] {
    let project = try TrainedProject(opening: request.project, sourcePath: request.sourcePath, context)
    for name in request.layers where !project.record.layers.contains(name) {
      throw SessionError.unknownLayer(name: name, known: project.record.layers)
    }
    let layers = project.record.layers.enumerated().filter {
      request.layers.isEmpty || request.layers.contains($0.element)
    }
    try checkIsNoSource(request, project)
    if request.kind == .ora || request.kind == .png {
      context.onEvent(.began(.rendering))
      return try TextureExport(project: project, layers: layers.map(\.element), request: request, context: context)
        .write()
    }
    let output = try project.output(request.size, sourcePath: request.sourcePath, context)
    context.onEvent(.began(.rendering))
    try FileAccess.makeFolder(request.output)
    let plan = FrameExportPlan(frames: output.frames, layers: layers.map { ($0.offset, $0.element) }, request: request)
    return try write(export(plan), output.renderer)
  }

  /// - Throws: `SessionError.outputIsInput` where files of the clip would be replaced.
  private func checkIsNoSource(_ request: ExportRequest, _ project: TrainedProject) throws {
    let clip = try project.clip(at: request.sourcePath)
    let videos = ["", ".mov", ".mkv", ".webm"].flatMap { ending in
      project.record.layers.map { request.output.appendingPathComponent($0 + ending) }
    }
    // Pictures among the clip's would be taken for frames, and numbered files may be called as they are.
    guard !FileAccess.isSame(request.output, clip), !videos.contains(where: { FileAccess.isSame($0, clip) }) else {
      throw SessionError.outputIsInput(path: clip.path)
    }
  }

  private func export(_ plan: FrameExportPlan) throws -> any FrameExport {
    func video(_ encoding: LayerVideoEncoding) throws -> LayerVideoExport {
      try LayerVideoExport(plan: plan, encoding: encoding)
    }
    let isDeep = plan.request.bits == 16
    switch plan.request.kind {
    case .stmap: return STMapExport(plan: plan)
    case .exr: return LayeredEXRExport(plan: plan)
    case .prores: return try video(.proRes4444)
    case .ffv1: return try video(isDeep ? .ffv1Deep : .ffv1)
    case .webm: return try video(.vp9)
    case .pngSequence: return try video(isDeep ? .pngSequenceDeep : .pngSequence)
    case .cornerpin: return CornerPinExport(plan: plan, context: context)
    case .ora, .png: preconditionFailure("textures are no frames")
    }
  }

  private func write(_ export: any FrameExport, _ renderer: Renderer) throws -> [URL] {
    do {
      try RenderPass(renderer).run([export]) { done in
        if context.shouldStop() { throw SessionError.interrupted }
        context.onEvent(.advanced(.rendering, done: done, total: renderer.model.geometry.frameCount))
      }
      let written = try export.finish()
      for url in written { context.onEvent(.wrote(url)) }
      return written
    } catch {
      export.cancel()
      throw error
    }
  }
}

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
    context.onEvent(.began(.rendering))
    let plan = FrameExportPlan(frames: project.frames, layers: layers.map { ($0.offset, $0.element) }, request: request)
    if request.kind != .ora && request.kind != .png { try FileAccess.makeFolder(request.output) }
    func video(_ encoding: LayerVideoEncoding) throws -> [URL] {
      try write(LayerVideoExport(plan: plan, encoding: encoding), of: project)
    }
    switch request.kind {
    case .ora, .png:
      return try TextureExport(project: project, layers: layers.map(\.element), request: request, context: context)
        .write()
    case .stmap: return try write(STMapExport(plan: plan), of: project)
    case .exr: return try write(LayeredEXRExport(plan: plan), of: project)
    case .prores: return try video(.proRes4444)
    case .ffv1: return try video(request.bits == 16 ? .ffv1Deep : .ffv1)
    case .webm: return try video(.vp9)
    case .pngSequence: return try video(request.bits == 16 ? .pngSequenceDeep : .pngSequence)
    case .cornerpin: return try write(CornerPinExport(plan: plan, context: context), of: project)
    }
  }

  private func write(_ export: some FrameExport, of project: TrainedProject) throws -> [URL] {
    do {
      try RenderPass(Renderer(model: project.model)).run([export]) { done in
        if context.shouldStop() { throw SessionError.interrupted }
        context.onEvent(.advanced(.rendering, done: done, total: project.source.frameCount))
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

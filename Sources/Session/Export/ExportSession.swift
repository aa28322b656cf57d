import Decomposition
import Foundation
import Media

/// Writes a project's layers in the files of other programs.
public struct ExportSession {
  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Returns: what was written: files, or folders of numbered files.
  /// - Throws: `SessionError`, `MediaError`, `ExchangeError`, `DecompositionError`; no file is half-written.
  public func run(_ request: ExportRequest) throws -> [URL] {
    let project = try TrainedProject(opening: request.project, sourcePath: request.sourcePath, context)
    for name in request.layers where !project.record.layers.contains(name) {
      throw SessionError.unknownLayer(name: name, known: project.record.layers)
    }
    let layers = project.record.layers.filter { request.layers.isEmpty || request.layers.contains($0) }
    context.onEvent(.began(.rendering))
    switch request.kind {
    case .ora, .png:
      return try TextureExport(project: project, layers: layers, request: request, context: context).write()
    }
  }
}

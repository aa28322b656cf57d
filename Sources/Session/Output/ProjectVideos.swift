import Decomposition
import Foundation
import Media

/// Writes the videos of a project in one pass over its frames: reconstruction, lighting, comparison, opacities.
struct ProjectVideos {
  let layout: ProjectLayout
  let clip: Clip
  let renderer: Renderer
  let context: SessionContext

  /// - Throws: `SessionError.interrupted`, `MediaError`; videos that were not complete do not appear.
  func write() throws {
    let layers = renderer.model.layerNames
    let table = ComparisonPicture.size(columns: 3, rows: max(2, layers.count), of: clip.size)
    let reconstruction = try writer(layout.reconstruction, clip.size)
    let residual = try writer(layout.residual, clip.size)
    let comparison = try writer(layout.comparison, table)
    let alphas = try layers.map { try writer(layout.alpha(of: $0), clip.size) }
    let all = [reconstruction, residual, comparison] + alphas
    defer { for writer in all { writer.cancel() } }
    for (index, source) in clip.frames.enumerated() {
      if context.shouldStop() { throw SessionError.interrupted }
      let pictures = FramePictures(rendered: renderer.frame(index))
      try reconstruction.append(pictures.reconstruction)
      try residual.append(pictures.residual)
      try comparison.append(ComparisonPicture(source: source, pictures).frame)
      for (writer, layer) in zip(alphas, pictures.rendered.layers) { try writer.append(pictures.alpha(of: layer)) }
      context.onEvent(.advanced(.rendering, done: index + 1, total: clip.frames.count))
    }
    for writer in all { try writer.finish() }
    let files = [layout.reconstruction, layout.residual, layout.comparison] + layers.map(layout.alpha(of:))
    for file in files { context.onEvent(.wrote(file)) }
  }

  private func writer(_ url: URL, _ size: PixelSize) throws -> VideoWriter {
    try VideoWriter(url: url, size: size, frameRate: clip.frameRate, encoding: .h264)
  }
}

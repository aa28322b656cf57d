import Decomposition
import Foundation
import Media

/// Everything that a project shows once its model is trained: metrics, textures, videos.
struct ProjectOutputs {
  let project: Project
  let preparation: Preparation
  let model: NVDModel
  let context: SessionContext

  init(project: Project, preparation: Preparation, model: NVDModel, _ context: SessionContext) {
    self.project = project
    self.preparation = preparation
    self.model = model
    self.context = context
  }

  /// Writes the textures and videos in one pass over the frames.
  /// - Returns: the metrics against the clip and the masks that were used.
  /// - Throws: `SessionError.interrupted`, `MediaError`; videos that were not complete do not appear.
  func write() throws -> Evaluation {
    let renderer = Renderer(model: model)
    context.onEvent(.began(.rendering))
    for name in model.layerNames { try FileAccess.makeFolder(project.layout.layer(name)) }
    let meter = try QualityMeter(renderer, clip: preparation.trainingClip())
    let coverage = TextureCoverage(model)
    let videos = try ProjectVideos(layout: project.layout, clip: preparation.clip, layers: model.layerNames)
    defer { videos.cancel() }
    // Rendering an edit works without them, only slower.
    func withoutMaps(_ error: any Error) { context.onEvent(.warning("no layer maps were kept: \(error)")) }
    var maps: LayerMapWriter?
    do { maps = try LayerMapWriter(project.layout.layerMaps, for: model) } catch { withoutMaps(error) }
    try RenderPass(renderer).run([videos, meter, coverage] + [maps].compactMap(\.self)) { done in
      if context.shouldStop() { throw SessionError.interrupted }
      context.onEvent(.advanced(.rendering, done: done, total: preparation.clip.frames.count))
    }
    do { try maps?.finish() } catch { withoutMaps(error) }
    let textures = try renderer.textures(coverage)
    let layout = project.layout
    try Parallel.perform(
      videos.finishing + textures.map { name, image in { try ImageFile.write(image, to: layout.texture(of: name)) } })
    for file in model.layerNames.map(layout.texture(of:)) + videos.files { context.onEvent(.wrote(file)) }
    return meter.evaluation
  }
}

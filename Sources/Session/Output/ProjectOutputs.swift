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

  /// Writes the textures and videos.
  /// - Returns: the metrics against the clip and the masks that were used.
  func write() throws -> Evaluation {
    let renderer = Renderer(model: model)
    context.onEvent(.began(.evaluating))
    let metrics = try Evaluation.measure(renderer, clip: preparation.trainingClip()) { done in
      context.onEvent(.advanced(.evaluating, done: done, total: preparation.clip.frames.count))
    }
    context.onEvent(.began(.rendering))
    for name in model.layerNames { try FileAccess.makeFolder(project.layout.layer(name)) }
    for (name, image) in try renderer.textures() {
      try ImageFile.write(image, to: project.layout.texture(of: name))
      context.onEvent(.wrote(project.layout.texture(of: name)))
    }
    try ProjectVideos(layout: project.layout, clip: preparation.clip, renderer: renderer, context: context).write()
    return metrics
  }
}

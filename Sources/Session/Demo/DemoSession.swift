import Decomposition
import Foundation
import Media

/// The whole job on one clip: decompose, paint a mark on every layer, render it back.
public struct DemoSession {
  /// Where to look afterwards.
  public struct Outcome: Sendable {
    public var project: Project
    /// The pictures that were painted, by layer.
    public var paintings: [String: URL]
    /// The edited video.
    public var video: URL
    /// Source and edit beside each other, one frame.
    public var picture: URL
  }

  let context: SessionContext

  public init(_ context: SessionContext = SessionContext()) {
    self.context = context
  }

  /// - Parameters:
  ///   - output: the project folder; pictures and the edited video go to `edit/` in it.
  ///   - budget: how long to train.
  public func run(clip: DemoClip, output: URL, budget: TrainingBudget, seed: UInt64, force: Bool) throws -> Outcome {
    try Project.makeRoom(at: output, force: force)
    var request = try clip.request(drawingInto: output.appendingPathComponent("demo-clip"), output: output)
    request.budget = budget
    request.seed = seed
    request.force = true
    let project = try DecomposeSession(context).run(request)

    let folder = output.appendingPathComponent("edit")
    try FileAccess.makeFolder(folder)
    var paintings: [String: URL] = [:]
    for layer in project.record.layers {
      guard let paint = DemoMark.paint(on: try ImageFile.readRGBA(project.layout.texture(of: layer))) else {
        context.onEvent(.warning("no place on the texture of \(layer) is seen well enough for a mark"))
        continue
      }
      let url = folder.appendingPathComponent("\(layer).png")
      try ImageFile.write(paint, to: url)
      paintings[layer] = url
    }
    let video = folder.appendingPathComponent("edited.mp4")
    var render = RenderRequest(project: output, output: video)
    render.edits = paintings.mapValues(\.path)
    try RenderSession(context).run(render)
    let picture = folder.appendingPathComponent("before-after.png")
    try drawPicture(source: project.record.source, video: video, to: picture)
    return Outcome(project: project, paintings: paintings, video: video, picture: picture)
  }

  /// The first, middle and last frame: source above, edit below.
  private func drawPicture(source: ProjectRecord.Source, video: URL, to url: URL) throws {
    let before = try source.read(context).frames
    let after = try ClipReader.read(video, ClipRequest(size: source.size)).frames
    let shown = [0, before.count / 2, before.count - 1]
    let table = ComparisonPicture(columns: shown.map { [before[$0], after[$0]] })
    try ImageFile.write(table.frame, to: url)
    context.onEvent(.wrote(url))
  }
}

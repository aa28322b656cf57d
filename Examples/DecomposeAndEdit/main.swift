// Decomposes a clip, and lays a picture over the texture of its background:
//
//   swift run -c release DecomposeAndEdit clip.mp4 paint.png edited.mp4
import Foundation
import HyperNVD

let arguments = CommandLine.arguments
guard arguments.count == 4 else {
  print("usage: DecomposeAndEdit CLIP PAINT.png EDITED.mp4")
  exit(64)
}
let project = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).nvd")
let context = SessionContext(onEvent: { event in
  if case .wrote(let url) = event { print("wrote \(url.path)") }
})

var decompose = DecomposeRequest(source: ClipSource(path: arguments[1]), output: project)
decompose.budget = .seconds(60)
let layers = try DecomposeSession(context).run(decompose).record.layers
print("layers: \(layers.joined(separator: ", "))")

var render = RenderRequest(project: project, output: URL(fileURLWithPath: arguments[3]))
render.edits = ["background": arguments[2]]
try RenderSession(context).run(render)

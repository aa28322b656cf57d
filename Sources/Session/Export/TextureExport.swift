import Decomposition
import Editing
import Foundation
import Media

/// Textures as files to paint on: OpenRaster, or PNG.
struct TextureExport {
  let project: TrainedProject
  let layers: [String]
  let request: ExportRequest
  let context: SessionContext

  func write() throws -> [URL] {
    let renderer = Renderer(model: project.model)
    let size = PixelSize(width: request.textureSide, height: request.textureSide)
    let isOneFile = request.kind == .ora && request.output.pathExtension.lowercased() == "ora"
    if !isOneFile { try FileAccess.makeFolder(request.output) }
    var written: [URL] = []
    func note(_ url: URL) {
      written.append(url)
      context.onEvent(.wrote(url))
    }
    switch request.kind {
    case .ora where isOneFile:
      try PaintFile.write(renderer.textures(size: size, only: layers), to: request.output)
      note(request.output)
    case .ora:
      for texture in try renderer.textures(size: size, only: layers) {
        let url = request.output.appendingPathComponent("\(texture.layer).ora")
        try PaintFile.write([texture], to: url)
        note(url)
      }
    case .png where request.bits == 16:
      for (layer, image) in try renderer.deepTextures(size: size, only: layers) {
        try ImageFile.write(image, to: picture(of: layer))
        note(picture(of: layer))
      }
    default:
      for (layer, image) in try renderer.textures(size: size, only: layers) {
        try ImageFile.write(image, to: picture(of: layer))
        note(picture(of: layer))
      }
    }
    return written
  }

  private func picture(of layer: String) -> URL { request.output.appendingPathComponent("\(layer).png") }
}

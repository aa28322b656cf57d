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
    func write(_ url: URL, _ file: (URL) throws -> Void) throws {
      if context.shouldStop() { throw SessionError.interrupted }
      try file(url)
      written.append(url)
      context.onEvent(.wrote(url))
    }
    switch request.kind {
    case .ora where isOneFile:
      let textures = try renderer.textures(size: size, only: layers)
      try write(request.output) { try PaintFile.write(textures, to: $0) }
    case .ora:
      for texture in try renderer.textures(size: size, only: layers) {
        let url = request.output.appendingPathComponent("\(texture.layer).ora")
        try write(url) { try PaintFile.write([texture], to: $0) }
      }
    case .png where request.bits == 16:
      for (layer, image) in try renderer.deepTextures(size: size, only: layers) {
        try write(picture(of: layer)) { try ImageFile.write(image, to: $0) }
      }
    default:
      for (layer, image) in try renderer.textures(size: size, only: layers) {
        try write(picture(of: layer)) { try ImageFile.write(image, to: $0) }
      }
    }
    return written
  }

  private func picture(of layer: String) -> URL { request.output.appendingPathComponent("\(layer).png") }
}

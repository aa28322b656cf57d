import Decomposition
import Editing
import Foundation
import Media

/// Layers with opacity as videos, one a layer.
final class LayerVideoExport: FrameExport, @unchecked Sendable {
  private let plan: FrameExportPlan
  private let encoding: LayerVideoEncoding
  private let writers: [(url: URL, writer: LayerVideoWriter)]

  init(plan: FrameExportPlan, encoding: LayerVideoEncoding) throws {
    self.plan = plan
    self.encoding = encoding
    writers = try plan.layers.map { layer in
      let name = encoding.fileExtension.isEmpty ? layer.name : "\(layer.name).\(encoding.fileExtension)"
      let url = plan.request.output.appendingPathComponent(name, isDirectory: encoding.fileExtension.isEmpty)
      let writer = try LayerVideoWriter(
        url: url, size: plan.size, frameRate: plan.source.frameRate, encoding: encoding,
        firstNumber: plan.firstNumber)
      return (url, writer)
    }
  }

  func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void] {
    zip(plan.layers, writers.indices).map { layer, index in
      { [self] in
        let colours = LayerColours(frame, layer: layer.index, source: try plan.detail(of: frame))
        try writers[index].writer.append(colours.image(filled: encoding.isLossy))
      }
    }
  }

  func finish() throws -> [URL] {
    for (_, writer) in writers { try writer.finish() }
    return writers.map(\.url)
  }

  func cancel() { for (_, writer) in writers { writer.cancel() } }
}

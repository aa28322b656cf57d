import Decomposition
import Editing
import Exchange
import Foundation
import Media

/// One OpenEXR file a frame. The picture itself has no layer name, so that every program shows it; the layers are
/// premultiplied and, composited over each other, give it. Half floats but for places in textures.
struct LayeredEXRExport: FrameExport {
  let plan: FrameExportPlan
  private var files: NumberedFiles { plan.files(plan.source.name, "exr") }
  /// What the layers are called in the files.
  private let names: [String]

  init(plan: FrameExportPlan) {
    self.plan = plan
    names = EXRPicture.layerNames(
      plan.layers.map(\.name), suffixes: [Self.places, Self.light], taken: [Self.allLight, Self.allOpacities])
  }

  private static let (places, light) = ("_uv", "_residual")
  private static let (allLight, allOpacities) = ("residual", "alpha")

  func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void] {
    [{ try picture(of: frame).write(to: files.pending(plan.firstNumber + frame.index)) }]
  }

  func finish() throws -> [URL] {
    try files.finish(plan.numbers)
    return [files.pattern]
  }

  func cancel() { files.cancel(plan.numbers) }

  private func picture(of frame: RenderedFrame) throws -> EXRPicture {
    let (source, count) = (try plan.frames.frame(frame.index), frame.size.pixelCount)
    var picture = EXRPicture(size: frame.size)
    let colours = (0..<3).map { channel in
      (0..<count).map { encoded(Float(source.pixels[3 * $0 + channel]) * Frame.unit) }
    }
    picture.add(half: true, zip(["R", "G", "B"], colours).map { ($0, $1) })
    picture.add(half: true, [("A", [Float](repeating: 1, count: count))])
    for (layer, name) in zip(plan.layers, names) { try add(frame, layer.index, as: name, to: &picture) }
    let light = (0..<3).map { channel in
      (0..<count).map { pixel in
        frame.layers.reduce(0) { $0 + $1.alpha[0][pixel] * $1.residual[channel][pixel] }
      }
    }
    picture.add(layer: Self.allLight, half: true, zip(["R", "G", "B"], light).map { ($0, $1) })
    picture.add(
      layer: Self.allOpacities, half: true, zip(names, plan.layers).map { ($0, alpha(frame, $1.index)) })
    picture.attributes = plan.request.convention.attributes(target: "texture", size: plan.textureSize)
    picture.attributes["hypernvd/colour"] = plan.request.colour.rawValue
    picture.attributes["hypernvd/layers"] = plan.layers.map(\.name).joined(separator: ", ")
    picture.frameRate = plan.source.frameRate
    return picture
  }

  private func add(
    _ frame: RenderedFrame, _ layer: Int, as name: String, to picture: inout EXRPicture
  ) throws {
    let colours = LayerColours(frame, layer: layer, source: try plan.detail(of: frame))
    let opacity = alpha(frame, layer)
    let premultiplied = colours.planes.map { plane in zip(plane, opacity).map { encoded($0) * $1 } }
    picture.add(layer: name, half: true, zip(["R", "G", "B"], premultiplied).map { ($0, $1) } + [("A", opacity)])
    let (rendered, size) = (frame.layers[layer], plan.textureSize)
    let places = STMapPlanes(count: opacity.count, convention: plan.request.convention, target: size) { pixel in
      let half = SIMD2(Float(size.width), Float(size.height)) / 2
      let place = (SIMD2(rendered.uv[0][pixel], rendered.uv[1][pixel]) + 1) * half - 0.5
      return (place.x, place.y, opacity[pixel])
    }
    picture.add(layer: name + Self.places, places.channels)
    let light = (0..<3).map { Array(UnsafeBufferPointer(start: rendered.residual[$0], count: opacity.count)) }
    picture.add(layer: name + Self.light, half: true, zip(["R", "G", "B"], light).map { ($0, $1) })
  }

  private func alpha(_ frame: RenderedFrame, _ layer: Int) -> [Float] {
    (0..<frame.size.pixelCount).map {
      let alpha = frame.layers[layer].alpha[0][$0]
      return alpha > LayerColours.unseen ? alpha : 0
    }
  }

  private func encoded(_ value: Float) -> Float {
    plan.request.colour == .linear ? TransferCurve.linear(value) : value
  }
}

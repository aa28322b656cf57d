import Decomposition
import Editing
import Exchange
import Foundation
import Media

/// STMaps as 32-bit float EXR files, one a frame and layer, and the other way round where asked for.
struct STMapExport: FrameExport {
  let plan: FrameExportPlan

  func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void] {
    let number = plan.firstNumber + frame.index
    return plan.layers.flatMap { layer -> [@Sendable () throws -> Void] in
      let forward: @Sendable () throws -> Void = {
        try map(frame, layer).write(to: files(layer.name).pending(number))
      }
      let backward: @Sendable () throws -> Void = {
        try inverse(frame, layer).write(to: inverseFiles(layer.name).pending(number))
      }
      return plan.request.inverse ? [forward, backward] : [forward]
    }
  }

  func finish() throws -> [URL] {
    for files in all { try files.finish(plan.numbers) }
    return all.map(\.pattern)
  }

  func cancel() { for files in all { files.cancel(plan.numbers) } }

  private func files(_ layer: String) -> NumberedFiles { plan.files("\(layer)_stmap", "exr") }
  private func inverseFiles(_ layer: String) -> NumberedFiles { plan.files("\(layer)_stmap_inverse", "exr") }

  private var all: [NumberedFiles] {
    plan.layers.map { files($0.name) } + (plan.request.inverse ? plan.layers.map { inverseFiles($0.name) } : [])
  }

  /// Where each pixel of the frame is in the texture.
  private func map(_ frame: RenderedFrame, _ layer: (index: Int, name: String)) -> EXRPicture {
    let (rendered, size) = (frame.layers[layer.index], plan.textureSize)
    var picture = EXRPicture(size: frame.size)
    picture.add(
      STMapPlanes(count: frame.size.pixelCount, convention: plan.request.convention, target: size) { pixel in
        let half = SIMD2(Float(size.width), Float(size.height)) / 2
        let place = (SIMD2(rendered.uv[0][pixel], rendered.uv[1][pixel]) + 1) * half - 0.5
        return (place.x, place.y, rendered.alpha[0][pixel])
      }.channels)
    return described(picture, target: "texture of \(layer.name)", size)
  }

  /// Where each texel is in the frame.
  private func inverse(_ frame: RenderedFrame, _ layer: (index: Int, name: String)) -> EXRPicture {
    let inverse = InverseMap(frame, layer: layer.index, side: plan.request.textureSide)
    var picture = EXRPicture(size: plan.textureSize)
    picture.add(
      STMapPlanes(count: inverse.alpha.count, convention: plan.request.convention, target: frame.size) { texel in
        (inverse.x[texel], inverse.y[texel], inverse.alpha[texel])
      }.channels)
    return described(picture, target: "frame", frame.size)
  }

  private func described(_ picture: EXRPicture, target: String, _ size: PixelSize) -> EXRPicture {
    var picture = picture
    picture.attributes = plan.request.convention.attributes(target: target, size: size)
    picture.frameRate = plan.source.frameRate
    return picture
  }
}

/// The channels of an STMap; all 0 where nothing is seen.
struct STMapPlanes {
  private(set) var s: [Float]
  private(set) var t: [Float]
  private(set) var alpha: [Float]

  /// - Parameter place: x, y in pixels of the target and opacity, for a pixel of the map.
  init(
    count: Int, convention: STMapConvention, target: PixelSize, place: (Int) -> (x: Float, y: Float, alpha: Float)
  ) {
    (s, t) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    alpha = s
    for pixel in 0..<count {
      let (x, y, opacity) = place(pixel)
      guard opacity > LayerColours.unseen else { continue }
      (s[pixel], t[pixel]) = convention.place(x: x, y: y, in: target)
      alpha[pixel] = opacity
    }
  }

  var channels: [(String, [Float])] {
    [("R", s), ("G", t), ("B", [Float](repeating: 0, count: s.count)), ("A", alpha)]
  }
}

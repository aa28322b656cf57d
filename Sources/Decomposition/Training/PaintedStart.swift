import Foundation
import Media
import NeuralField

/// Gives textures and alpha their first values: a texture the mean colours of what the first mappings bring to each of
/// its places, alpha the masks. The first picture then shows the scene. It needs networks that begin with a linear
/// reading, and mappings that are about right (estimated motion).
///
/// The background is painted as finely as pixels are. Objects and alpha only get the levels that are indexed directly: frames do
/// not agree on the details of what walks, and a texture that begins with some frame's details leaves the others' to the
/// light.
///
/// The outputs that are painted are those before the last function: `z = log(y / (1 - y)) / 2`, the inverse of
/// `(tanh(z) + 1) / 2`.
struct PaintedStart {
  let model: NVDModel
  let clip: TrainingClip
  let runner: LaneRunner
  let kernels: Kernels

  /// Pixels looked at, about, spread evenly over the clip: cells as fine as pixels need several frames' each.
  private static let points = 1_300_000
  /// Colours and opacities are kept so far from 0 and 1.
  private static let margin: Float = 0.02

  /// A pixel, and the layer that its masks give it to.
  private struct Point {
    let x: Int
    let y: Int
    let frame: Int
    let layer: Int
  }

  func paint() {
    let points = spread()
    let evaluator = PointEvaluator(model: model, runner: runner, kernels: kernels, unseen: -1)
    for layer in model.layers.indices {
      guard let reading = model.colourReading(model.layers[layer].texture) else { continue }
      paintTexture(layer, reading, points.filter { $0.layer == layer }, evaluator)
    }
    if let reading = model.alphaReading { paintAlpha(reading, points) }
  }

  private func spread() -> [Point] {
    let size = clip.geometry.size
    let spacing = max(
      1, Int((Double(size.pixelCount * clip.frames.count) / Double(Self.points)).squareRoot().rounded()))
    return clip.frames.indices.flatMap { frame in
      // Another corner of the cells in every frame, so that a camera that stands still shows all of its pixels in time.
      let (left, top) = (frame % spacing, frame / spacing % spacing)
      return stride(from: top, to: size.height, by: spacing).flatMap { y in
        stride(from: left, to: size.width, by: spacing).map { x in
          let pixel = y * size.width + x
          let owner = clip.objects.firstIndex { $0.masks[frame].values[pixel] > Mask.threshold }
          return Point(x: x, y: y, frame: frame, layer: owner ?? clip.objects.count)
        }
      }
    }
  }

  private func paintTexture(_ index: Int, _ reading: LinearReading, _ points: [Point], _ evaluator: PointEvaluator) {
    guard !points.isEmpty else { return }
    let layer = model.layers[index]
    let place = FeatureRows(features: 2, capacity: points.count)
    let target = FeatureRows(features: 3, capacity: points.count)
    let (frames, width) = (clip.frames, clip.geometry.size.width)
    evaluator.evaluate(
      count: points.count, parts: [], layer: index,
      point: { (Float(points[$0].x), Float(points[$0].y), points[$0].frame) },
      body: { _, start, count, workspace in
        for axis in 0..<2 { NVDModel.toUnit(workspace.uv[index][axis], place[axis] + start, count: count) }
        for m in start..<start + count {
          let pixel = 3 * (points[m].y * width + points[m].x)
          let colours = frames[points[m].frame].pixels
          for channel in 0..<3 { target[channel][m] = Self.output(Float(colours[pixel + channel]) * Frame.unit) }
        }
      })
    if let bias = layer.texture.layers.last?.bias {
      for channel in 0..<3 {
        let mean = Float((0..<points.count).reduce(0.0) { $0 + Double(target[channel][$1]) } / Double(points.count))
        model.parameters[bias.offset + channel] = mean
        for m in 0..<points.count { target[channel][m] -= mean }
      }
    }
    let grid = layer.textureGrid
    GridPainting(grid: grid, reading: reading).paint(
      levels: levels(index), model.parameters,
      input: place, target: target, count: points.count, runner: runner, kernels: kernels)
  }

  /// How many levels of a layer's texture are painted. Those of the background whose cells are at least as large as a
  /// pixel: what is between the pixels nobody has seen.
  private func levels(_ index: Int) -> Int {
    let grid = model.layers[index].textureGrid
    guard index == model.foregroundCount else { return grid.denseLevels }
    let finest = 2 * model.pixelsPerUV(layer: index)
    return (0..<grid.configuration.levels).prefix { Float(grid.configuration.resolution(level: $0)) <= finest }.count
  }

  private func paintAlpha(_ reading: LinearReading, _ points: [Point]) {
    let (geometry, width) = (clip.geometry, clip.geometry.size.width)
    let place = FeatureRows(features: 3, capacity: points.count)
    let target = FeatureRows(features: model.foregroundCount, capacity: points.count)
    for (m, point) in points.enumerated() {
      place[0][m] = geometry.normalised(Float(point.x))
      place[1][m] = geometry.normalised(Float(point.y))
      place[2][m] = geometry.normalised(time: Float(point.frame))
      for (object, masks) in clip.objects.enumerated() {
        target[object][m] = Self.output(Float(masks.masks[point.frame].values[point.y * width + point.x]) / 255)
      }
    }
    for axis in 0..<3 { NVDModel.toUnit(place[axis], place[axis], count: points.count) }
    GridPainting(grid: model.alphaGrid, reading: reading).paint(
      levels: model.alphaGrid.denseLevels, model.parameters, input: place, target: target, count: points.count,
      runner: runner, kernels: kernels)
  }

  private static func output(_ value: Float) -> Float {
    let value = min(max(value, margin), 1 - margin)
    return 0.5 * logf(value / (1 - value))
  }
}

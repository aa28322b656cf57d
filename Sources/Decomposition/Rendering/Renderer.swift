import Foundation
import Media
import NeuralField

/// One layer of a rendered frame. Planes hold one value a pixel, row by row.
public struct RenderedLayer: Sendable {
  public let name: String
  /// Texture coordinates u, v in [-1, 1]: two planes.
  public let uv: FeatureRows
  /// Opacity: one plane.
  public let alpha: FeatureRows
  /// Colour of the texture, R, G, B in [0, 1]: three planes.
  public let texture: FeatureRows
  /// Multiplicative lighting, R, G, B: three planes.
  public let residual: FeatureRows
}

/// A frame as the model sees it. Where a layer's opacity is at most 1/4096 it counts as absent: uv and texture are 0
/// there, the residual is 1.
public struct RenderedFrame: Sendable {
  /// Which frame of the clip, from 0.
  public let index: Int
  public let size: PixelSize
  /// In composite order, front first.
  public let layers: [RenderedLayer]
  /// sum_i alpha_i T_i R_i and sum_i alpha_i T_i: three planes each, not clamped.
  public let reconstruction: FeatureRows
  public let withoutResiduals: FeatureRows
}

/// Renders a model frame by frame.
public struct Renderer: Sendable {
  public let model: NVDModel
  /// Of the frames.
  public let size: PixelSize
  let evaluator: PointEvaluator

  /// - Parameters:
  ///   - size: of the frames; nil: as they were in training. In frames of another size the middle of pixel x of W lies
  ///     where `(x + 1/2) / W` of the trained frame's width is.
  ///   - threads: by default one for each processor.
  public init(model: NVDModel, size: PixelSize? = nil, threads: Int? = nil, kernels: Kernels = .active) {
    self.init(model: model, size: size, threads: threads, kernels: kernels, unseen: PointEvaluator.unseenOpacity)
  }

  /// - Parameter unseen: opacity up to which a layer is not evaluated; below 0 all are, everywhere.
  init(model: NVDModel, size: PixelSize? = nil, threads: Int? = nil, kernels: Kernels = .active, unseen: Float) {
    self.model = model
    self.size = size ?? model.geometry.size
    evaluator = PointEvaluator(
      model: model, runner: threads.map { LaneRunner(lanes: $0) } ?? LaneRunner(), kernels: kernels, unseen: unseen)
  }

  /// All layers and both reconstructions of a frame.
  ///
  /// - Parameters:
  ///   - frame: one of the model's.
  ///   - reused: a frame of this renderer that is no longer needed; its memory is overwritten.
  public func frame(_ frame: Int, reusing reused: RenderedFrame? = nil) -> RenderedFrame {
    render(frame, parts: .colour, reusing: reused)
  }

  /// What `parts` ask for of a frame; the other planes hold whatever they held.
  func render(_ frame: Int, parts: PointEvaluator.Parts, reusing reused: RenderedFrame? = nil) -> RenderedFrame {
    precondition((0..<model.geometry.frameCount).contains(frame), "frame \(frame) of \(model.geometry.frameCount)")
    let (size, trained) = (size, model.geometry.size)
    let scale = SIMD2(Float(trained.width) / Float(size.width), Float(trained.height) / Float(size.height))
    let channels = model.configuration.residualChannels
    let rendered = emptyFrame(frame, reusing: reused)
    let layers = rendered.layers
    evaluator.evaluate(
      count: size.pixelCount, parts: parts,
      point: { pixel in
        let place = (SIMD2(Float(pixel % size.width), Float(pixel / size.width)) + 0.5) * scale - 0.5
        return (place.x, place.y, frame)
      },
      body: { _, start, count, workspace in
        for (index, layer) in layers.enumerated() {
          for axis in 0..<2 { (layer.uv[axis] + start).update(from: workspace.uv[index][axis], count: count) }
          (layer.alpha[0] + start).update(from: workspace.alpha[index], count: count)
          for channel in 0..<3 where parts.contains(.residual) {
            let residual = workspace.residual[index][min(channel, channels - 1)]
            (layer.residual[channel] + start).update(from: residual, count: count)
          }
          for channel in 0..<3 where parts.contains(.texture) {
            (layer.texture[channel] + start).update(from: workspace.texture[index][channel], count: count)
          }
        }
        for channel in 0..<3 where parts.contains(.colour) {
          (rendered.reconstruction[channel] + start).update(from: workspace.colour[channel], count: count)
          (rendered.withoutResiduals[channel] + start).update(from: workspace.bareColour[channel], count: count)
        }
      })
    return rendered
  }

  private func emptyFrame(_ frame: Int, reusing reused: RenderedFrame?) -> RenderedFrame {
    if let reused, reused.size == size, reused.layers.map(\.name) == model.layerNames {
      return RenderedFrame(
        index: frame, size: size, layers: reused.layers, reconstruction: reused.reconstruction,
        withoutResiduals: reused.withoutResiduals)
    }
    func planes(_ count: Int) -> FeatureRows { FeatureRows(features: count, capacity: size.pixelCount) }
    let layers = model.layers.map {
      RenderedLayer(name: $0.name, uv: planes(2), alpha: planes(1), texture: planes(3), residual: planes(3))
    }
    return RenderedFrame(
      index: frame, size: size, layers: layers, reconstruction: planes(3), withoutResiduals: planes(3))
  }
}

extension RenderedFrame {
  /// Three planes as a frame, clamped to [0, 1]; what is no number is 0.
  public func image(_ planes: FeatureRows) -> Frame {
    var frame = Frame(size: size)
    frame.pixels.withUnsafeMutableBufferPointer { pixels in
      for channel in 0..<3 {
        let plane = planes[channel]
        for m in 0..<size.pixelCount { pixels[3 * m + channel] = UInt16(min(max(0, plane[m]), 1) * 65535 + 0.5) }
      }
    }
    return frame
  }
}

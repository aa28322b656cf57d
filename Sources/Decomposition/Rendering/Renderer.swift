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

/// A frame as the model sees it.
public struct RenderedFrame: Sendable {
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
  let evaluator: PointEvaluator

  /// - Parameter threads: by default one for each processor.
  public init(model: NVDModel, threads: Int? = nil, kernels: Kernels = .active) {
    self.model = model
    evaluator = PointEvaluator(
      model: model, runner: threads.map { LaneRunner(lanes: $0) } ?? LaneRunner(), kernels: kernels)
  }

  /// All layers and both reconstructions of a frame.
  /// - Precondition: `frame` is one of the model's.
  public func frame(_ frame: Int) -> RenderedFrame { render(frame, parts: [.colour]) }

  /// What an edit needs: uv, alpha and residual of every layer; textures and reconstructions stay black.
  func editFrame(_ frame: Int) -> RenderedFrame { render(frame, parts: [.alpha, .residual]) }

  /// What the coverage of a texture needs: uv and alpha of every layer.
  func placementFrame(_ frame: Int) -> RenderedFrame { render(frame, parts: [.alpha]) }

  private func render(_ frame: Int, parts: PointEvaluator.Parts) -> RenderedFrame {
    precondition((0..<model.geometry.frameCount).contains(frame), "frame \(frame) of \(model.geometry.frameCount)")
    let size = model.geometry.size
    let pixels = size.pixelCount
    let channels = model.configuration.residualChannels
    func planes(_ count: Int) -> FeatureRows { FeatureRows(features: count, capacity: pixels) }
    let layers = model.layers.map {
      RenderedLayer(name: $0.name, uv: planes(2), alpha: planes(1), texture: planes(3), residual: planes(3))
    }
    let rendered = RenderedFrame(
      size: size, layers: layers, reconstruction: planes(3), withoutResiduals: planes(3))
    evaluator.evaluate(
      count: pixels, parts: parts, point: { (Float($0 % size.width), Float($0 / size.width), frame) },
      body: { _, start, count, workspace in
        for (index, layer) in layers.enumerated() {
          for axis in 0..<2 { (layer.uv[axis] + start).update(from: workspace.uv[index][axis], count: count) }
          (layer.alpha[0] + start).update(from: workspace.alpha[index], count: count)
          for channel in 0..<3 {
            let residual = workspace.residual[index][min(channel, channels - 1)]
            (layer.residual[channel] + start).update(from: residual, count: count)
            (layer.texture[channel] + start).update(from: workspace.texture[index][channel], count: count)
          }
        }
        for channel in 0..<3 {
          (rendered.reconstruction[channel] + start).update(from: workspace.colour[channel], count: count)
          (rendered.withoutResiduals[channel] + start).update(from: workspace.bareColour[channel], count: count)
        }
      })
    return rendered
  }
}

extension RenderedFrame {
  /// Three planes as a frame, clamped to [0, 1].
  public func image(_ planes: FeatureRows) -> Frame {
    var frame = Frame(size: size)
    frame.pixels.withUnsafeMutableBufferPointer { pixels in
      for channel in 0..<3 {
        let plane = planes[channel]
        for m in 0..<size.pixelCount { pixels[3 * m + channel] = UInt16(min(max(plane[m], 0), 1) * 65535 + 0.5) }
      }
    }
    return frame
  }
}

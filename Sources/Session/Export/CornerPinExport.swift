import Decomposition
import Editing
import Exchange
import Foundation

/// A corner pin a layer, as JSON and as a Nuke script.
final class CornerPinExport: FrameExport, @unchecked Sendable {
  private let plan: FrameExportPlan
  private let context: SessionContext
  private var fits: [CornerPinFit]

  init(plan: FrameExportPlan, context: SessionContext) {
    self.plan = plan
    self.context = context
    fits = plan.layers.map {
      CornerPinFit(layer: $0.name, frameSize: plan.size, textureSize: plan.textureSize)
    }
  }

  /// One piece: the fits grow in the order of the frames.
  func pieces(_ frame: RenderedFrame) -> [@Sendable () throws -> Void] {
    [
      { [self] in
        for (position, layer) in plan.layers.enumerated() {
          fits[position].add(frame, layer: layer.index, number: plan.firstNumber + frame.index)
        }
      }
    ]
  }

  func finish() throws -> [URL] {
    try fits.flatMap { fit -> [URL] in
      guard let track = fit.track else {
        context.onEvent(.warning("too little of \(fit.layer) is seen for a corner pin"))
        return []
      }
      let errors = track.pins.map(\.rmsError)
      let mean = errors.reduce(0, +) / Double(errors.count)
      context.onEvent(
        .note("\(fit.layer): \(track.pins.count) pins, \(TextFormat.decimal(mean, 2)) px from the layer's own motion"))
      let json = plan.request.output.appendingPathComponent("\(fit.layer)_cornerpin.json")
      let script = plan.request.output.appendingPathComponent("\(fit.layer)_cornerpin.nk")
      try FileAccess.write(track.json(), to: json)
      try FileAccess.write(Data(track.nukeScript.utf8), to: script)
      return [json, script]
    }
  }

  func cancel() {}
}

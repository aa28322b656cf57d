import Decomposition
import Foundation
import Hypernetwork
import Media

/// The parts of the work that take time.
public enum Stage: String, Codable, CaseIterable, Sendable {
  case reading, flow, masks, motion, embedding
  /// Of plain mappings, to the frame's own coordinates: a part of training.
  case warmup = "warm-up"
  case training, evaluating, rendering

  /// Whether the stage asks `shouldStop` and leaves everything tidy when told to; the others write nothing, so that
  /// the program may simply end.
  public var stopsItself: Bool { self == .training || self == .rendering }
}

/// What a session tells while it works. The command line, a log and an editor show the same stream.
public enum SessionEvent: Sendable {
  case began(Stage)
  /// `done` of `total` pieces of a stage.
  case advanced(Stage, done: Int, total: Int)
  case clipRead(name: String, frames: Range<Int>, size: PixelSize)
  /// Clip `number` of a collection is ready for training: prepared just now, or kept from before.
  case clipReady(name: String, number: Int, of: Int, isNew: Bool)
  /// The masks of a layer: where they come from, and the share of each frame that they cover.
  case masksFound(layer: String, method: String, coverage: [Double])
  case training(TrainingProgress)
  case evaluated(TrainingProgress)
  case checkpointSaved(URL)
  /// PSNR in dB of the model that a metamodel predicts for the clip, before any training.
  case initialised(psnr: Double, withoutResiduals: Double)
  /// A visit of a meta-training.
  case metaVisit(MetaVisit)
  /// PSNR in dB of the predicted model of a training video.
  case predicted(video: String, psnr: Double)
  /// An output is complete.
  case wrote(URL)
  case warning(String)
  /// Something worth knowing, as a sentence.
  case note(String)
}

/// What a session needs from whoever runs it.
public struct SessionContext {
  /// Takes the events; called on the thread that runs the session.
  public var onEvent: (SessionEvent) -> Void
  /// Whether the work should stop as soon as it can.
  public var shouldStop: () -> Bool

  public init(onEvent: @escaping (SessionEvent) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }) {
    self.onEvent = onEvent
    self.shouldStop = shouldStop
  }

  /// Passes on what a trainer reports.
  func pass(_ event: TrainingEvent) {
    switch event {
    case .warmedUp(let rounds, let total): onEvent(.advanced(.warmup, done: rounds, total: total))
    case .progress(let progress): onEvent(.training(progress))
    case .evaluated(let progress): onEvent(.evaluated(progress))
    case .checkpoint(let url): onEvent(.checkpointSaved(url))
    }
  }
}
